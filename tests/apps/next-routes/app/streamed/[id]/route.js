export const dynamic = 'force-dynamic';

export function GET() {
  const parts = async function* parts() {
    yield 'one';
    await new Promise((resolve) => setTimeout(resolve, 20));
    yield 'two';
  };
  return new Response(ReadableStream.from(parts()).pipeThrough(new TextEncoderStream()));
}
