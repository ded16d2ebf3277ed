export default async function Page({ params }) {
  const { item } = await params;
  return <p>{item}</p>;
}
