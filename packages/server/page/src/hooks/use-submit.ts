import { useRef } from 'preact/hooks';

/**
 * What a form does when it is sent, once until that is done: a second click or key while a slow server has not answered yet would make a
 * second one of what is made.
 */
export function useSubmit(action: () => Promise<void>): (event: Event) => void {
  const isBusy = useRef(false);
  return (event) => {
    event.preventDefault();
    if (isBusy.current) return;
    isBusy.current = true;
    void action().finally(() => {
      isBusy.current = false;
    });
  };
}
