// The newcomer's six ways: three frameworks, with code and an SDK and without either. Every command and every file stands in a document.
import { join } from 'node:path';
import { Section } from './documents.mjs';

/** SDK 3, which the document begins with, needs Node.js 22.15. */
const SDK = Number(process.versions.node.split('.')[0]) > 20 ? 'sdk-node@0.301' : 'sdk-node@0.223';

/**
 * Each has steps in the order of the README: commands of the first terminal, with `{ file, text }` between them, up to the last
 * command, which starts the application; `server`, the commands of the second; and `requests`, the first of the third's.
 */
export function paths(root) {
  const readme = join(root, 'README.md');
  const frameworks = join(root, 'docs/frameworks.md');
  const plainStart = new Section(readme, 'Your application in five minutes');
  const withCode = new Section(readme, "With OpenTelemetry's SDK");
  const [express, fastify, nest] = ['Express', 'Fastify', 'NestJS'].map(
    (name) => new Section(frameworks, name),
  );

  const libraries = plainStart.commands('instrumentation}-*.tgz\n');
  const librariesAndSdk = withCode.commands(SDK);
  const instrumentation = { file: 'instrumentation.mjs', text: withCode.block('js', 'sdk.start()') };
  const [exportsWith, startWith] = parted(withCode.commands('node --import ./'));
  const [exportsWithout, startWithout] = parted(plainStart.commands('instrumentation/register'));
  const controller = { file: 'my-app/src/app.controller.ts', text: nest.block('ts', '@Controller') };
  const nestApplication = [...nest.commands('@nestjs/cli'), controller];

  const ways = [
    [
      'Express',
      'with',
      [...withCode.commands('npm pkg set'), ...librariesAndSdk, instrumentation],
      startWith,
    ],
    ['Express', 'without', [...express.commands('npm init'), plain(express), ...libraries], startWithout],
    [
      'Fastify',
      'with',
      [...fastify.commands('npm init'), plain(fastify), ...librariesAndSdk, ...fastify.commands('cp ')],
      startWith,
    ],
    ['Fastify', 'without', [...fastify.commands('npm init'), plain(fastify), ...libraries], startWithout],
    [
      'NestJS',
      'with',
      [...nestApplication, ...librariesAndSdk, { ...instrumentation, file: 'my-app/instrumentation.mjs' }],
      nest.commands('node --import ./'),
    ],
    ['NestJS', 'without', [...nestApplication, ...libraries], nest.commands('instrumentation/register')],
  ];
  return ways.map(([framework, code, steps, start]) => ({
    framework,
    code,
    steps: [...steps, ...(code === 'with' ? exportsWith : exportsWithout), ...start],
    server: plainStart.commands('npx --no-install cerberus-server'),
    requests: plainStart.commands('curl http://localhost:3000'),
  }));
}

function plain(section) {
  return { file: 'app.mjs', text: section.block('js', '/users/:id') };
}

/** What is exported, and what is started with it. */
function parted(commands) {
  return [commands.slice(0, -1), commands.slice(-1)];
}
