import { readFileSync } from 'node:fs';

import { Command } from 'commander';

import { integerOf, NUMBER_RULES } from '../number-options.ts';
import { alertCommand } from './alert-command.ts';
import { backupCommand, exportCommand } from './archive-command.ts';
import { devCommand } from './dev/command.ts';
import { healthCommand } from './health-command.ts';
import { doctorCommand } from './doctor-command.ts';
import { migrateCommand } from './migrate-command.ts';
import type { ServeFlags } from './serve.ts';
import { shareCommand } from './share-command.ts';
import { outliveReaders } from './standard-output.ts';
import { tailCommand } from './tail/command.ts';
import { tokenCommand } from './token-command.ts';

/**
 * Runs the `cerberus-server` command. Resolves when the server has started, or when a command such as `dev` is done;
 * sets the exit code on failure.
 */
export async function main(argv: readonly string[]): Promise<void> {
  await createCommand().parseAsync([...argv], { from: 'user' });
}

function createCommand(): Command {
  const command = new Command('cerberus-server')
    .description(
      'Receives Cerberus request events over WebSocket, HTTP and OTLP, and keeps them in an embedded DuckDB or in PostgreSQL.',
    )
    .version(version())
    .option('--host <address>', 'address to listen on (default 127.0.0.1)')
    .option('--db <file>', 'DuckDB file, or :memory: to keep nothing (default ./cerberus.duckdb)')
    .option(
      '--store <url>',
      'PostgreSQL database that several servers share, instead of --db: postgres://user@host1,host2/database',
    )
    .option('--token <token>', "the server's own token (default: generated once, kept in <db>.token)")
    .option(
      '--secret-key <key>',
      'key for hashing addresses (default: generated once, kept in <db>.secret-key)',
    )
    .option('--tls-cert <file>', 'PEM certificate and its chain, to speak TLS; read again when it changes')
    .option('--tls-key <file>', 'PEM private key of the certificate')
    .option('--alerts <file>', 'JSON file of rules of alerts and where their messages go')
    .option('--public-url <url>', 'address of the page as others reach it; messages of alerts link it')
    .option('--trace-url-template <url>', 'where a trace can be looked at; {trace_id} stands for its id')
    .option(
      '--trust-proxy <proxies>',
      'hops or networks whose X-Forwarded-For says whose limits count (default false)',
    )
    .option(
      '--otlp-trust-proxy <proxies>',
      'the same of proxies in front of applications that send OTLP, for the X-Forwarded-For on their spans (default false)',
    )
    .option('--otlp-address <which>', 'peer, or client to take client.address of OTLP spans (default peer)')
    .option('--memory-limit <size>', 'memory for DuckDB (default 512MB)')
    .option('--rotate-key <when>', 'off, daily, weekly or monthly: makes up a new key (default off)')
    .option('--config <file>', 'JSON object of options; flags and variables win over it')
    .option('--log-format <format>', 'text or json (default text)')
    .addHelpText('after', '\nEach option is also read from the environment: CERBERUS_SERVER_PORT and so on.')
    .showHelpAfterError('(see cerberus-server --help)')
    .configureOutput({ outputError: (text, write) => write(withoutValues(text)) });
  for (const [name, rule] of Object.entries(NUMBER_RULES)) {
    command.option(`${flagOf(name)} <number>`, `${rule.help} (default ${rule.default})`, integerOf);
  }
  return command
    .helpCommand('help [command]', 'display help for command')
    .allowExcessArguments()
    .hook('preAction', (root, asked) => outliveReaders(asked === root || asked.name() === 'dev'))
    .action(async (flags: ServeFlags, self: Command) => {
      const [name] = self.args;
      if (name !== undefined) self.error(unknownCommandText(name));
      // Ten times as much as all other commands read, of which `health` runs every few seconds.
      const { serve } = await import('./serve.ts');
      await serve(flags);
    })
    .enablePositionalOptions()
    .addCommand(devCommand())
    .addCommand(tailCommand())
    .addCommand(tokenCommand())
    .addCommand(shareCommand())
    .addCommand(alertCommand())
    .addCommand(exportCommand())
    .addCommand(backupCommand())
    .addCommand(migrateCommand())
    .addCommand(doctorCommand())
    .addCommand(healthCommand());
}

/** A misspelt `--tokn=…` must not put the token into a journal. */
function withoutValues(text: string): string {
  return text.replaceAll(/(unknown option '[^'=\s]*=)[^\n]*'/g, "$1…'");
}

/** What is no plain word may be a token that its flag was left out of. */
function unknownCommandText(name: string): string {
  return /^[a-z-]{1,16}$/.test(name) ? `error: unknown command '${name}'` : 'error: there is no such command';
}

/** `maxFrameBytes` → `--max-frame-bytes`, which commander reads back as the option's name. */
function flagOf(option: string): string {
  return `--${option.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

function version(): string {
  const manifest = JSON.parse(
    readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
  ) as unknown;
  return String((manifest as { version?: unknown }).version);
}
