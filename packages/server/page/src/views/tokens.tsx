import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import type { ShareRow, Shares } from '../answers/shares.ts';
import type { NewToken, TokenRow, Tokens } from '../answers/tokens.ts';
import { revokeShare, revokeToken, type ApiFailure } from '../api.ts';
import { failureText } from '../parts/access/failure-text.ts';
import { OnceShown } from '../parts/access/once-shown.tsx';
import { ShareTable } from '../parts/access/share-table.tsx';
import { TokenForm } from '../parts/access/token-form.tsx';
import { TokenTable } from '../parts/access/token-table.tsx';
import { Answered } from '../parts/answered.tsx';
import { CsvButton } from '../parts/controls/csv-button.tsx';
import { Loading } from '../parts/loading.tsx';
import { Panel } from '../parts/panel.tsx';
import { Refused } from '../parts/refused.tsx';
import { useRead } from '../hooks/use-read.ts';

/** For administrators: who may send and read. */
export function TokensView(): JSX.Element {
  const [changes, setChanges] = useState(0);
  const [created, setCreated] = useState<NewToken>();
  const [problem, setProblem] = useState<string>();
  const { value, refused, again } = useRead<Tokens>('api/tokens', {}, true, changes);
  const shares = useRead<Shares>('api/shares', {}, true, changes);
  if (value === undefined)
    return refused === undefined ? <Loading /> : <Refused why={refused} again={again} />;
  const done = (failure: ApiFailure | undefined): void => {
    setProblem(failure === undefined ? undefined : failureText(failure));
    setChanges((before) => before + 1);
  };
  const issued = (token: NewToken): void => {
    setCreated(token);
    done(undefined);
  };
  const revoke = async ({ id }: TokenRow): Promise<void> => {
    const result = await revokeToken(id);
    if (created?.id === id) setCreated(undefined);
    done(result.ok ? undefined : result.failure);
  };
  const revokeLink = async ({ id }: ShareRow): Promise<void> => {
    const result = await revokeShare(id);
    done(result.ok ? undefined : result.failure);
  };
  return (
    <>
      {/* What is being written stays. */}
      {refused !== undefined && <Refused why={refused} again={again} />}
      <Panel title="A new token">
        <TokenForm onIssued={issued} onFailed={done} />
        <p role="alert" class="problem">
          {problem}
        </p>
        {created !== undefined && (
          <OnceShown secret={created.token} name="the token">
            The token of <bdi>{created.name}</bdi>.
          </OnceShown>
        )}
      </Panel>
      <Panel title="Tokens" class="flush" aside={<CsvButton name="tokens" rows={value.tokens} />}>
        <TokenTable tokens={value.tokens} onRevoke={(token) => void revoke(token)} />
      </Panel>
      <Panel
        title="Share links"
        class="flush"
        aside={<CsvButton name="share-links" rows={shares.value?.shares ?? []} />}
      >
        <Answered read={shares}>
          {(answer) => <ShareTable shares={answer.shares} onRevoke={(share) => void revokeLink(share)} />}
        </Answered>
      </Panel>
    </>
  );
}
