import { NextResponse } from 'next/server';

export function proxy(request) {
  const { pathname } = request.nextUrl;
  if (pathname.startsWith('/rewritten')) return NextResponse.rewrite(new URL('/users/9', request.url));
  if (pathname.startsWith('/answered')) return NextResponse.json({ answered: true });
  return NextResponse.next();
}
