/** A WebSocket message in pieces, one behind the other: what sends it copies them to where they leave from. */
export type Message = readonly Uint8Array[];

export function messageBytes(message: Message): number {
  let bytes = 0;
  for (const { length } of message) bytes += length;
  return bytes;
}
