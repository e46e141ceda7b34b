// A sign-on service for the tests: oidc-provider, certified by the OpenID Foundation and not ours.
// Prints its issuer when it listens. PUT /test says whom it knows, who sits at the browser (nobody:
// access is denied), and that it has new keys from now on.
import { generateKeyPairSync, randomUUID } from "node:crypto";
import { createServer } from "node:http";
import Provider from "oidc-provider";

const [callback, signedOut] = process.argv.slice(2);
const key = () => {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return { ...privateKey.export({ format: "jwk" }), kid: randomUUID(), use: "sig", alg: "RS256" };
};
let people = {};
let clientSecret = "test-secret";

const server = createServer((request, response) => handle(request, response));
server.listen(0, "127.0.0.1", () => {
  issuer = `http://127.0.0.1:${server.address().port}`;
  provider = made([key()]);
  console.log(issuer);
});

let issuer, provider;

function made(keys) {
  const found = new Provider(issuer, {
    clients: [{
      client_id: "minwon",
      client_secret: clientSecret,
      redirect_uris: [callback],
      post_logout_redirect_uris: [signedOut],
      response_types: ["code"],
      grant_types: ["authorization_code"],
    }],
    pkce: { required: () => true },
    jwks: { keys },
    cookies: { keys: ["test"] },
    features: { devInteractions: { enabled: false }, rpInitiatedLogout: { enabled: true } },
    claims: { openid: ["sub"], profile: ["preferred_username", "name", "groups", "departments"] },
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
    findAccount: (_, sub) => ({
      accountId: sub,
      claims: () => ({ sub, ...people[sub] }),
    }),
    loadExistingGrant: async (ctx) => {
      const grant = new ctx.oidc.provider.Grant({
        clientId: ctx.oidc.client.clientId,
        accountId: ctx.oidc.session.accountId,
      });
      grant.addOIDCScope("openid profile");
      await grant.save();
      return grant;
    },
  });
  found.on("server_error", (_, error) => console.error(error));
  return found;
}

let subject = "";

async function handle(request, response) {
  if (request.url === "/test" && request.method === "PUT") {
    let body = "";
    for await (const part of request) body += part;
    const told = JSON.parse(body);
    people = told.people ?? people;
    subject = told.subject ?? subject;
    if (told.newKeys) provider = made([key()]);
    response.end("{}");
  } else if (request.url.startsWith("/interaction/")) {
    const result = subject
      ? { login: { accountId: subject } }
      : { error: "access_denied", error_description: "nobody signed in" };
    await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
  } else {
    provider.callback()(request, response);
  }
}
