export const getServerSideProps = async ({ params }) =>
  params.name === 'lost' ? { notFound: true } : { props: params };

export default ({ name }) => name;
