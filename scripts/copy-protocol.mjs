// PROTOCOL.md lives at the top of the repository and ships with the exporter.
import { copyFileSync } from 'node:fs';

copyFileSync(
  new URL('../PROTOCOL.md', import.meta.url),
  new URL('../packages/exporter-ws/PROTOCOL.md', import.meta.url),
);
