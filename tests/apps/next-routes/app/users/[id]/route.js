export const GET = async (request, { params }) => Response.json(await params);
export const POST = GET;
