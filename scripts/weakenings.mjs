// What `npm run teeth` weakens, and which tests must notice.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** What is weakened: its folder, and where in it the built files lie. */
export const EXPORTER = { folder: join(root, 'packages/exporter-ws'), dist: 'dist/esm' };
export const SERVER = { folder: join(root, 'packages/server'), dist: 'dist' };

const LINK = 'fault/link.test.js';
const PEER = 'fault/peer.test.js';
const SCHEDULES = 'integrity/random-schedules.test.js';
const SEVERAL_SERVERS = 'store/postgres/several-servers.test.js';

/** Each: what is weakened (the exporter, where `of` does not say otherwise), by which replacements in which files, and the tests that must fail. */
export const WEAKENINGS = [
  {
    name: 'no guard against callbacks of an old connection',
    patches: [
      [
        'transport/ws-connection.js',
        'if (this.#ended)\n            return;\n        this.#ended = true;',
        '',
      ],
      [
        'transport/sender.js',
        "if (this.#attempt !== attempt || this.#state === 'closed')\n            return;",
        '',
      ],
    ],
    tests: [LINK, PEER, SCHEDULES],
  },
  {
    name: 'window dropped on disconnect, batch mode',
    patches: [
      ['protocol/batch-session.js', 'this.#producer.frames.rewind();', 'this.#settleThrough(Infinity);'],
    ],
    tests: [LINK, SCHEDULES],
  },
  {
    name: 'window dropped on disconnect, event mode',
    patches: [
      [
        'protocol/event-session.js',
        'this.#context.queue.putBack(this.#unanswered.take(Infinity, Infinity));',
        'while (this.inFlight > 0) this.#settle(1, false);',
      ],
    ],
    tests: [LINK, SCHEDULES],
  },
  {
    name: 'memory of events used again before their acknowledgement',
    patches: [
      [
        'queue/sending-queue.js',
        'this.#takenEvents += taken.length;',
        'for (const { chunk, from, to } of taken.runs) { chunk.release(to - from); if (chunk.isSpent) this.#reuse(chunk); }',
      ],
    ],
    tests: ['integrity/intact-bytes.test.js'],
  },
  {
    name: 'bytes of events that are settled not given back to the queue',
    patches: [
      [
        'queue/sending-queue.js',
        'this.#takenEvents -= events.length;\n        this.#takenBytes -= events.bytes;\n        for',
        'this.#takenEvents -= events.length;\n        for',
      ],
    ],
    tests: ['queue/sending-queue.test.js'],
  },
  {
    name: 'memory of frames used again whatever the stream does with it',
    patches: [['transport/ws-connection.js', 'socket instanceof Socket', 'true']],
    tests: ['integrity/intact-bytes.test.js'],
  },
  {
    name: 'callback of send taken for an acknowledgement',
    patches: [['protocol/event-session.js', '!this.#acknowledged && this.inFlight > 0', 'this.inFlight > 0']],
    tests: [LINK, SCHEDULES],
  },
  {
    name: 'no acknowledgement timeout',
    patches: [['protocol/ack-deadline.js', 'this.#onExpired();', '']],
    tests: [LINK],
  },
  {
    name: 'no absolute deadline for the connection',
    patches: [['transport/ws-connection.js', 'if (!this.#open)', 'if (false)']],
    tests: ['fault/handshake.test.js'],
  },
  {
    name: 'acknowledgements not validated',
    patches: [['protocol/batch-session.js', '!this.#producer.frames.isSent(message.seq)', 'false']],
    tests: [PEER, 'batch-mode.test.js'],
  },
  {
    name: 'limits of a welcome not validated',
    patches: [['protocol/batch-protocol.js', 'isSeq(maxInFlight)', 'true']],
    tests: ['protocol/batch-protocol.test.js'],
  },
  {
    name: 'no heartbeat',
    patches: [['transport/heartbeat.js', 'this.#subject.onDead();', '']],
    tests: [LINK],
  },
  {
    name: 'no terminate()',
    patches: [
      [
        'transport/ws-connection.js',
        'this.#ws.terminate();\n        if (!this.#open)\n            this.#reaching.abort();',
        'if (!this.#open)\n            this.#reaching.abort();',
      ],
    ],
    tests: [LINK, 'fault/handshake.test.js'],
  },
  {
    name: 'a proxy that never answers is not hung up on',
    patches: [['transport/ws-connection.js', 'this.#reaching.abort();', '']],
    tests: ['fault/proxy.test.js'],
  },
  {
    name: 'sending into a connection whose peer said goodbye',
    patches: [['transport/ws-connection.js', "this.#socket?.on('data', look);", '']],
    tests: ['fault/goodbye.test.js'],
  },
  {
    name: 'frames as large as ever after one that was not acknowledged in time',
    patches: [['protocol/frame-size.js', 'this.#bytes = smaller;', '']],
    tests: ['protocol/frame-size.test.js', 'integrity/slow-line.test.js'],
  },
  {
    name: 'a late welcome taken for event mode',
    patches: [
      [
        'transport/reconnect-plan.js',
        "end.what === 'welcome' && this.#config.acks === 'none'",
        "end.what === 'welcome'",
      ],
    ],
    tests: ['transport/reconnect-plan.test.js', 'fault/late-welcome.test.js'],
  },
  {
    name: 'waiting for close after an error',
    patches: [
      [
        'transport/ws-connection.js',
        "this.#ws.on('error', (error) => this.#end({ kind: 'failed', code: errorCode(error) }));",
        "this.#ws.on('error', () => undefined);",
      ],
    ],
    tests: [PEER],
  },
  {
    name: 'sequence numbers of unacknowledged frames given again',
    patches: [
      ['protocol/in-flight.js', 'seq: this.#lastSeq + 1', 'seq: (this.#frames.at(-1)?.seq ?? 0) + 1'],
    ],
    tests: ['protocol/in-flight.test.js', SCHEDULES],
  },
  {
    name: 'backoff reset by an opening',
    patches: [
      [
        'transport/reconnect-plan.js',
        'this.#failures = 0;\n    }',
        'this.#failures = 0;\n        this.#attempts = 0;\n    }',
      ],
    ],
    tests: ['transport/reconnect-plan.test.js', 'fault/handshake.test.js'],
  },
  {
    name: 'an event that ends connections holds up the others',
    patches: [['protocol/isolation.js', 'this.#accused = evidence;\n            this.#range = 0;', '']],
    tests: ['integrity/poison.test.js'],
  },
  {
    name: 'as much as ever sent together after connections that ended over it',
    patches: [['protocol/isolation.js', 'this.#range = inFlight;', 'this.#window = Infinity;']],
    tests: ['integrity/poison.test.js'],
  },
  {
    name: 'an event given up although the backend failed at all others too',
    patches: [['queue/quarantine.js', 'guilty && suspect.othersSettled', 'guilty']],
    tests: ['protocol/isolation.test.js'],
  },
  {
    name: 'newer events overtake those on disk',
    patches: [
      [
        'protocol/spool-line.js',
        'return this.#lanes.some(({ source }) => source.events > 0);',
        'return false;',
      ],
    ],
    tests: ['integrity/spool/delivery.test.js'],
  },
  {
    name: 'what is on disk sent as another producer',
    patches: [['protocol/spool-lane.js', 'new Producer(source.producer)', 'new Producer()']],
    tests: ['integrity/spool/processes.test.js'],
  },
  {
    name: 'unbounded queue',
    patches: [
      ['queue/sending-queue.js', 'this.heldEvents >= this.#limits.maxEvents', 'false'],
      ['queue/sending-queue.js', 'this.heldBytes + size > this.#limits.maxBytes', 'false'],
    ],
    tests: ['queue/sending-queue.test.js', LINK],
  },
  {
    name: 'tracing of its own connections',
    patches: [
      [
        'transport/ws-connection.js',
        'return withoutTracing(() => new WsConnection(webSocket, config, subprotocol, clock, handlers));',
        'return new WsConnection(webSocket, config, subprotocol, clock, handlers);',
      ],
    ],
    tests: ['integrity/no-own-spans.test.js'],
  },
  {
    name: 'socket that keeps the process alive',
    patches: [
      ['transport/client-options.js', "request.on('socket', unrefSocket);", ''],
      ['transport/ws-connection.js', 'socket.unref?.();', ''],
    ],
    tests: ['integrity/process-exit.test.js'],
  },
  {
    of: SERVER,
    name: 'a producer that another server has claimed may go on here',
    patches: [['store/claims.js', 'return claim !== null &&', 'return false &&']],
    tests: [SEVERAL_SERVERS],
  },
  {
    of: SERVER,
    name: 'a duplicate is acknowledged on a read that no standby has confirmed',
    patches: [['store/postgres/writing/producers.js', ' ORDER BY producer FOR UPDATE', ' ORDER BY producer']],
    tests: [SEVERAL_SERVERS],
  },
  {
    of: SERVER,
    name: 'a cancelled wait for the standby counts as a commit',
    patches: [['store/postgres/engine/transaction.js', 'if (isWarned)', 'if (false)']],
    tests: [SEVERAL_SERVERS],
  },
  {
    of: SERVER,
    name: 'pending batches are read outside the snapshot of the aggregates',
    patches: [
      ['store/postgres/engine/reads.js', 'ISOLATION LEVEL REPEATABLE READ', 'ISOLATION LEVEL READ COMMITTED'],
    ],
    tests: ['store/postgres/snapshot.test.js'],
  },
  {
    of: SERVER,
    name: 'an address that came by OTLP is not hashed',
    patches: [
      ['receive/otlp/span-events.js', 'pseudonymOf(address, this.#parts.secretKey())', 'address'],
      ['receive/otlp/span-events.js', 'allowRawSourceIp: false', 'allowRawSourceIp: true'],
    ],
    tests: ['receive/otlp/secrecy.test.js'],
  },
  {
    of: SERVER,
    name: 'a user or consumer who came by OTLP in the clear is kept',
    patches: [['receive/otlp/span-events.js', 'delete attributes[name];', '']],
    tests: ['receive/otlp/secrecy.test.js'],
  },
  {
    of: SERVER,
    name: 'OTLP is answered before the commit',
    patches: [['receive/otlp/span-batch.js', 'await Promise.all(commits);', '']],
    tests: ['receive/otlp/traces-http.test.js'],
  },
];
