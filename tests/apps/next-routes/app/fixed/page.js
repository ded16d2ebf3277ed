export default () => 'fixed';
