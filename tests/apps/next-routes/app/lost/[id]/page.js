import { notFound } from 'next/navigation';

export default async function Page({ params }) {
  await params;
  notFound();
}
