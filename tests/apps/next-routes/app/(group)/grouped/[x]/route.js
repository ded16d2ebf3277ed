export const GET = () => new Response(undefined, { status: 404 });
