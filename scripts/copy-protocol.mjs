// PROTOCOL.md and the schema that it links live at the top of the repository and ship with the exporter.
import { copyFileSync } from 'node:fs';

for (const name of ['PROTOCOL.md', 'event.schema.json']) {
  copyFileSync(
    new URL(`../${name}`, import.meta.url),
    new URL(`../packages/exporter-ws/${name}`, import.meta.url),
  );
}
