// @connections through the JavaScript SDK v3: node management_sdk.js ENDPOINT ID. Prints one JSON
// object a call.
"use strict";

const {
  ApiGatewayManagementApiClient,
  DeleteConnectionCommand,
  GetConnectionCommand,
  PostToConnectionCommand,
} = require("@aws-sdk/client-apigatewaymanagementapi");

async function main(endpoint, ConnectionId) {
  const client = new ApiGatewayManagementApiClient({ endpoint, maxAttempts: 1 });
  const run = async (Command, input) => {
    try {
      const answer = await client.send(new Command({ ConnectionId, ...input }));
      const { $metadata, ...rest } = answer;
      console.log(JSON.stringify({ status: $metadata.httpStatusCode, ...rest }));
    } catch (error) {
      const status = error.$metadata?.httpStatusCode;
      console.log(JSON.stringify({ error: error.name, status, message: error.message }));
    }
  };
  await run(PostToConnectionCommand, { Data: "from the SDK: 1.50 Grüße" });
  await run(PostToConnectionCommand, { Data: new Uint8Array(131072).fill(120) });
  await run(PostToConnectionCommand, { Data: new Uint8Array(131073).fill(120) });
  await run(GetConnectionCommand);
  await run(DeleteConnectionCommand);
  await run(DeleteConnectionCommand);
  await run(PostToConnectionCommand, { Data: "too late" });
  await run(PostToConnectionCommand, { Data: "x", ConnectionId: "nobody" });
}

main(process.argv[2], process.argv[3]).catch((error) => {
  console.error(error);
  process.exit(1);
});
