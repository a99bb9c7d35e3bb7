export function OperatorDesk() {
  return <main />;
}
