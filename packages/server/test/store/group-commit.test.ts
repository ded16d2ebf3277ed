import { expect } from 'chai';

import { GroupCommit } from '../../dist/store/group-commit.js';
import type { Append, AppendOutcome } from '../../dist/store/store.js';
import { append, storeEvent } from '../support/events/events.js';

/** A commit that the test finishes by hand. */
interface Commit {
  readonly seqs: readonly (number | null)[];
  readonly succeed: () => void;
  readonly fail: () => void;
}

function manual(): { readonly commits: Commit[]; readonly writer: GroupCommit } {
  const commits: Commit[] = [];
  const writer = new GroupCommit(
    (group: readonly Append[]) =>
      new Promise<readonly AppendOutcome[]>((resolve, reject) => {
        commits.push({
          seqs: group.map((each) => each.seq),
          succeed: () => resolve(group.map(() => ({ status: 'stored', skipped: 0 }))),
          fail: () => reject(new Error('injected')),
        });
      }),
  );
  return { commits, writer };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('GroupCommit', () => {
  it('commits at once what comes alone', async () => {
    const { commits, writer } = manual();
    const appended = writer.append(append({ seq: 1 }));
    await turn();
    expect(commits.map((commit) => commit.seqs)).to.deep.equal([[1]]);
    commits[0]?.succeed();
    expect(await appended).to.deep.equal({ status: 'stored', skipped: 0 });
  });

  it('gathers what comes during a commit into the next one', async () => {
    const { commits, writer } = manual();
    const first = writer.append(append({ seq: 1 }));
    await turn();
    const rest = [2, 3, 4].map((seq) => writer.append(append({ seq })));
    await turn();
    expect(commits, 'never two transactions at once').to.have.length(1);
    commits[0]?.succeed();
    await first;
    await turn();
    expect(commits.map((commit) => commit.seqs)).to.deep.equal([[1], [2, 3, 4]]);
    commits[1]?.succeed();
    await Promise.all(rest);
  });

  it('rejects every append of a failed commit and none of the next', async () => {
    const { commits, writer } = manual();
    const failed = [1, 2].map((seq) => writer.append(append({ seq })));
    await turn();
    const next = writer.append(append({ seq: 3 }));
    commits[0]?.fail();
    const results = await Promise.allSettled(failed);
    expect(results.map((result) => result.status)).to.deep.equal(['rejected', 'rejected']);
    await turn();
    commits[1]?.succeed();
    expect((await next).status).to.equal('stored');
  });

  it('bounds the events of one transaction, but takes an append of any size', async () => {
    const { commits, writer } = manual();
    const many = Array.from({ length: 3000 }, () => storeEvent());
    const huge = Array.from({ length: 9000 }, () => storeEvent());
    const all = [many, many, huge, [storeEvent()]].map((events, index) =>
      writer.append(append({ seq: index, events })),
    );
    for (let index = 0; index < 4; index += 1) {
      await turn();
      commits[index]?.succeed();
    }
    await Promise.all(all);
    expect(commits.map((commit) => commit.seqs)).to.deep.equal([[0], [1], [2], [3]]);
  });

  it('counts what waits until its commit has ended, well or not', async () => {
    const { commits, writer } = manual();
    const one = writer.append(append({ bytes: 10 }));
    await turn();
    const two = writer.append(append({ bytes: 5, events: [storeEvent(), storeEvent()] }));
    expect(writer.pending()).to.deep.equal({ appends: 2, events: 3, bytes: 15 });
    commits[0]?.fail();
    await one.catch(() => undefined);
    expect(writer.pending()).to.deep.equal({ appends: 1, events: 2, bytes: 5 });
    await turn();
    commits[1]?.succeed();
    await two;
    expect(writer.pending()).to.deep.equal({ appends: 0, events: 0, bytes: 0 });
  });

  it('closes when everything accepted has ended', async () => {
    const { commits, writer } = manual();
    const accepted = writer.append(append());
    let closed = false;
    const closing = writer.close().then(() => {
      closed = true;
    });
    await turn();
    expect(closed).to.equal(false);
    expect(await writer.append(append()).catch((error: unknown) => error)).to.have.property(
      'code',
      'STORE_CLOSED',
    );
    commits[0]?.succeed();
    await accepted;
    await closing;
  });
});
