/** The layers of each source folder, from top to bottom: what lies in one may import what lies below it, types included. */
const LAYERS = {
  'packages/exporter-ws/src': [
    ['index.ts', 'internal.ts', 'environment.ts', 'translation.ts'],
    ['cerberus-ws-exporter.ts', 'loopback-sink.ts'],
    ['transport/'],
    ['protocol/'],
    ['spool/'],
    ['queue/'],
    ['observe/'],
    ['json/'],
    ['event/'],
    ['config/'],
    ['clock.ts', 'flush-timeout-error.ts', 'process-end.ts'],
  ],
  'packages/instrumentation/src': [
    ['cli.ts', 'register.ts', 'index.ts'],
    ['doctor/', 'audit/'],
    ['register/'],
    ['setup/'],
    ['stand-alone/'],
    ['cerberus-span-processor.ts'],
    ['hand-over/'],
    ['key/'],
    ['config.ts'],
    ['server-options.ts'],
    ['http-server/'],
    ['observe/'],
    ['capture/'],
    ['routes/'],
    ['enrich/'],
    ['sdk/'],
  ],
  'packages/server/src': [
    ['commands/'],
    ['index.ts', 'postgres.ts'],
    ['server.ts'],
    ['open-store.ts', 'open-alerts.ts', 'presentable.ts', 'create-endpoint.ts'],
    ['api/'],
    ['alerts/[^/]+$'],
    ['alerts/delivery/'],
    ['alerts/messages/'],
    ['alerts/rules/'],
    ['receive/'],
    ['access/'],
    ['http/'],
    ['observe/'],
    ['store/duckdb/[^/]+$', 'store/postgres/[^/]+$', 'store/memory/'],
    [
      'store/duckdb/questions/',
      'store/duckdb/writing/',
      'store/postgres/questions/',
      'store/postgres/writing/',
      'store/postgres/upkeep/',
    ],
    ['store/postgres/schema/'],
    ['store/duckdb/aggregates/', 'store/postgres/aggregates/'],
    ['store/duckdb/engine/', 'store/postgres/engine/'],
    ['store/figures/', 'store/rows/'],
    ['given-options.ts'],
    ['config.ts'],
    ['number-options.ts'],
    ['server-options.ts'],
    ['store/[^/]+$'],
    ['store/questions/'],
    ['store/filter/'],
    ['event/', 'addresses/'],
    ['errors.ts', 'json-file.ts', 'log.ts', 'durations.ts', 'nested-maps.ts'],
  ],
};

function rulesOf([source, layers]) {
  const pathOf = (names) => `^${source}/(${names.join('|')})`;
  const upwards = layers.slice(1).map((layer, index) => ({
    name: `not-upwards-from-${layer.join('-')}`,
    severity: 'error',
    from: { path: pathOf(layer) },
    to: { path: pathOf(layers.slice(0, index + 1).flat()) },
  }));
  const beside = layers
    .filter((layer) => layer.some((name) => name.endsWith('/')))
    .flatMap((layer) =>
      layer.map((name) => ({
        name: `not-sideways-from-${name}`,
        severity: 'error',
        from: { path: pathOf([name]) },
        to: { path: pathOf(layer), pathNot: pathOf([name]) },
      })),
    );
  const homeless = {
    name: `a-layer-for-each-file-of-${source}`,
    severity: 'error',
    from: {},
    to: { path: `^${source}/`, pathNot: pathOf(layers.flat()) },
  };
  return [...upwards, ...beside, homeless];
}

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    { name: 'no-circle', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'commands-read-the-server-only-to-run-it',
      comment: 'It is ten times as much as all other commands need, and `health` runs every few seconds.',
      severity: 'error',
      from: { path: '^packages/server/src/commands/', pathNot: '/commands/(serve|dev/run)\\.ts$' },
      to: {
        path: '^packages/server/src/(server|commands/serve|commands/dev/run)\\.ts$',
        dynamic: false,
        dependencyTypesNot: ['type-only'],
      },
    },
    ...Object.entries(LAYERS).flatMap(rulesOf),
  ],
  options: {
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules|/dist/' },
    exclude: { path: '/dist/|/test-dist/' },
  },
};
