import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';

import type { AlertLog, AlertRule, Alerts, RuleBody } from '../alerts/alert-types.ts';
import { entryRows, ruleRows } from '../alerts/alert-rows.ts';
import { removeRule, saveRule } from '../alerts/alerts-client.ts';
import { draftOf, newDraft, type RuleDraft } from '../alerts/rule-draft.ts';
import type { ApiFailure } from '../api.ts';
import { EVERYTHING } from '../filter/filter.ts';
import { TIME_ZONE } from '../locale.ts';
import { usePage } from '../page-context.ts';
import { failureText } from '../parts/access/failure-text.ts';
import { AlertLogTable } from '../parts/alerts/alert-log.tsx';
import { Destinations } from '../parts/alerts/destinations.tsx';
import { RuleForm } from '../parts/alerts/rule-form.tsx';
import { RuleTable } from '../parts/alerts/rule-table.tsx';
import { Answered } from '../parts/answered.tsx';
import { CsvButton } from '../parts/controls/csv-button.tsx';
import { Loading } from '../parts/loading.tsx';
import { Panel } from '../parts/panel.tsx';
import { Refused } from '../parts/refused.tsx';
import { useRead } from '../hooks/use-read.ts';

/** So many entries of the log are shown, and then more; the server keeps no others. */
const LOG_ENTRIES = [50, 200, 1000] as const;

/** For administrators: what is told to whom, and what was. */
export function AlertsView(): JSX.Element {
  const { state, go } = usePage();
  const [changes, setChanges] = useState(0);
  const [draft, setDraft] = useState<RuleDraft>(emptyDraft);
  const [edited, setEdited] = useState<string>();
  const editedNow = useRef(edited);
  editedNow.current = edited;
  const [problem, setProblem] = useState<string>();
  const { value, refused, again } = useRead<Alerts>('api/alerts', {}, true, changes);
  const [pages, setPages] = useState(0);
  const limit = LOG_ENTRIES[pages] ?? 1000;
  const log = useRead<AlertLog>('api/alerts/log', { limit }, true, changes);
  if (value === undefined)
    return refused === undefined ? <Loading /> : <Refused why={refused} again={again} />;
  const changed = (): void => setChanges((before) => before + 1);
  const done = (failure: ApiFailure | undefined): void => {
    setProblem(failure === undefined ? undefined : failureText(failure));
    changed();
  };
  const leave = (): void => {
    setEdited(undefined);
    setDraft(emptyDraft());
  };
  const save = async (rule: RuleBody, id: string | undefined): Promise<void> => {
    const result = await saveRule(rule, id);
    // By that, another one may be changed.
    if (result.ok && id === editedNow.current) leave();
    done(result.ok ? undefined : result.failure);
  };
  const edit = (rule: AlertRule): void => {
    const { client_id: clientId, ...filter } = rule.filter;
    setEdited(rule.id);
    setDraft(draftOf(rule));
    go({ clientId, filter: { ...EVERYTHING, ...filter } }, true);
    scrollTo(0, 0);
  };
  const pause = async (rule: AlertRule): Promise<void> => {
    const { id, read_only: _file, firing: _firing, evaluated_to: _to, ...body } = rule;
    const paused = !rule.paused;
    const result = await saveRule({ ...body, paused }, id);
    // What is being written of it stays, but does not take that back.
    if (result.ok && id === editedNow.current) setDraft((before) => ({ ...before, paused }));
    done(result.ok ? undefined : result.failure);
  };
  const remove = async ({ id }: AlertRule): Promise<void> => {
    const result = await removeRule(id);
    if (id === editedNow.current) leave();
    done(result.ok ? undefined : result.failure);
  };
  const { clientId } = state;
  const filter = clientId === undefined ? state.filter : { client_id: clientId, ...state.filter };
  return (
    <>
      {/* What is being written stays. */}
      {refused !== undefined && <Refused why={refused} again={again} />}
      <Panel title={edited === undefined ? 'A new rule' : 'Change a rule'}>
        <RuleForm
          draft={draft}
          filter={filter}
          destinations={value.destinations}
          had={value.rules.find(({ id }) => id === edited)?.destinations ?? []}
          edited={edited}
          problem={problem}
          onChange={setDraft}
          onSave={(rule) => save(rule, edited)}
          onCancel={leave}
        />
      </Panel>
      <Panel
        title="Rules"
        class="flush"
        aside={<CsvButton name="rules" rows={ruleRows(value.rules, value.destinations)} />}
      >
        {value.rules.length === 0 ? (
          <p class="empty-line">There are none.</p>
        ) : (
          <RuleTable
            rules={value.rules}
            onEdit={edit}
            onPause={(rule) => void pause(rule)}
            onRemove={(rule) => void remove(rule)}
          />
        )}
      </Panel>
      <Destinations destinations={value.destinations} onChanged={changed} />
      <Panel
        title="What happened"
        class="flush"
        aside={<CsvButton name="alert-log" rows={entryRows(log.value?.entries ?? [])} />}
      >
        <Answered read={log}>
          {({ entries }) => (
            <>
              <AlertLogTable entries={entries} />
              {entries.length >= limit && pages < LOG_ENTRIES.length - 1 && (
                <div class="pages">
                  <button type="button" onClick={() => setPages(pages + 1)}>
                    More
                  </button>
                </div>
              )}
            </>
          )}
        </Answered>
      </Panel>
    </>
  );
}

function emptyDraft(): RuleDraft {
  return newDraft(TIME_ZONE);
}
