import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';

import type { ApiResult } from '../../api.ts';
import { removeThreshold, setThreshold, type EndpointParams } from '../../endpoint-threshold.ts';
import { duration } from '../../format.ts';
import { useSubmit } from '../../hooks/use-submit.ts';
import { usePage } from '../../page-context.ts';
import { failureText } from '../access/failure-text.ts';
import { Field } from '../alerts/field.tsx';

interface OwnThresholdProps {
  readonly endpoint: EndpointParams;
  /** Milliseconds; `null` for none. */
  readonly own: number | null;
  readonly onChanged: () => void;
}

/** What is fast enough at one endpoint, for everybody: administrators give it to the endpoint, and take it back. */
export function OwnThreshold({ endpoint, own, onChanged }: OwnThresholdProps): JSX.Element | null {
  const { session } = usePage();
  const [text, setText] = useState('');
  const [said, setSaid] = useState<string>();
  useEffect(() => setText(own === null ? '' : String(own)), [own]);
  const answered = (result: ApiResult<unknown>): void => {
    setSaid(result.ok ? undefined : failureText(result.failure));
    if (result.ok) onChanged();
  };
  const save = useSubmit(async () => answered(await setThreshold(endpoint, Number(text))));
  if (session?.admin !== true)
    return own === null ? null : (
      <p class="muted small">This endpoint has a threshold of its own: {duration(own)}.</p>
    );
  const remove = async (): Promise<void> => answered(await removeThreshold(endpoint));
  return (
    <form class="own-threshold choices" onSubmit={save}>
      <Field label="Own threshold, ms" isRequired isNumber placeholder="none" value={text} onText={setText} />
      <button type="submit">Set for everybody</button>
      {own !== null && (
        <button type="button" onClick={() => void remove()}>
          Back to the default
        </button>
      )}
      <p role="status" class="said">
        {said}
      </p>
    </form>
  );
}
