// getConnectionId: the answer goes back by the route response.
export async function handler(event) {
  const { connectionId } = event.requestContext;
  return { statusCode: 200, body: JSON.stringify({ connectionId }) };
}
