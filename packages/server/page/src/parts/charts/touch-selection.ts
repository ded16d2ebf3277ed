import type uPlot from 'uplot';

/** A finger that has moved by less may still go up or down, pixels. */
const LEAST_PIXELS = 8;

/** Away from everything that is drawn. */
const NOWHERE = { left: -10, top: -10 };

/**
 * Chooses a part of a chart with a finger, as uPlot itself does with a mouse. Only what goes along the chart is taken: a finger that goes up or
 * down scrolls the page, and two of them make it larger.
 *
 * @param plot - has hooks for the cursor and for what was selected
 */
export function selectByTouch(plot: uPlot): void {
  const { over } = plot;
  /** The finger that is followed, and where it came down. */
  let finger: { readonly id: number; readonly from: number } | undefined;
  const placeOf = ({ clientX, clientY }: PointerEvent): { left: number; top: number } => {
    const box = over.getBoundingClientRect();
    const left = Math.min(box.width, Math.max(0, clientX - box.left));
    return { left, top: Math.min(box.height, Math.max(0, clientY - box.top)) };
  };
  const selected = (left: number, width: number, isDone: boolean): void =>
    plot.setSelect({ left, width, top: 0, height: width === 0 ? 0 : over.clientHeight }, isDone);
  const leave = (): void => {
    finger = undefined;
    selected(0, 0, false);
    plot.setCursor(NOWHERE);
  };

  over.style.touchAction = 'pan-y pinch-zoom';
  over.addEventListener('pointerdown', (event) => {
    if (event.pointerType !== 'touch') return;
    if (event.isPrimary) finger = { id: event.pointerId, from: placeOf(event).left };
    else leave();
  });
  over.addEventListener('pointermove', (event) => {
    if (event.pointerId !== finger?.id) return;
    const place = placeOf(event);
    const width = Math.abs(place.left - finger.from);
    plot.setCursor(place);
    selected(Math.min(place.left, finger.from), width < LEAST_PIXELS ? 0 : width, false);
  });
  over.addEventListener('pointerup', (event) => {
    if (event.pointerId !== finger?.id) return;
    const { left, width } = plot.select;
    finger = undefined;
    // Without one it was a tap, after which the browser does as if there were a mouse.
    if (width > 0) {
      plot.setCursor(NOWHERE);
      selected(left, width, true);
    }
  });
  over.addEventListener('pointercancel', (event) => {
    if (event.pointerId === finger?.id) leave();
  });
}
