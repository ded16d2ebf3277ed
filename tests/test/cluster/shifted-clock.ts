// Imported into a server before it starts: its clock is ahead by so much, so that midnight comes when a test wants it.
const shift = Number(process.env['CLOCK_SHIFT_MILLIS'] ?? 0);
const RealDate = Date;

globalThis.Date = new Proxy(RealDate, {
  construct: (target, args: [], newTarget) =>
    Reflect.construct(target, args.length === 0 ? [RealDate.now() + shift] : args, newTarget) as object,
  get: (target, property) =>
    property === 'now' ? () => RealDate.now() + shift : (Reflect.get(target, property) as unknown),
});
