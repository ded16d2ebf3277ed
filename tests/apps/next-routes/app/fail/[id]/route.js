export function GET() {
  throw new RangeError('boom');
}
