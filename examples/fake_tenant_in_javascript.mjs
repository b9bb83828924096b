// A fake Office 365 tenant under a program in JavaScript, with Node's own test runner and fetch.
//
// Run it: node --test examples/fake_tenant_in_javascript.mjs
// PYTHON names the interpreter in whose environment o365prov is installed with the extra "server".

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";

const headers = { Authorization: "Bearer stand-in", "Content-Type": "application/json" };
let process_, base;

before(async () => {
  const python = process.env.PYTHON ?? "python";
  process_ = spawn(python, ["-m", "o365prov.testing", "--port", "0", "--domain", "example.com", "--seed", "1"]);
  const [ready] = await once(createInterface(process_.stdout), "line"); // "fake tenant ready at http://..."
  base = ready.split(" ").at(-1);
});

after(async () => {
  process_.kill("SIGTERM");
  await once(process_, "exit");
});

test("a user who was created can be read, and changed", async () => {
  const body = {
    accountEnabled: true,
    displayName: "Ann",
    mailNickname: "ann",
    userPrincipalName: "ann@example.com",
    passwordProfile: { password: "Correct-Horse-7" },
  };
  const created = await fetch(`${base}/users`, { method: "POST", headers, body: JSON.stringify(body) });
  assert.equal(created.status, 201);
  const change = { method: "PATCH", headers, body: JSON.stringify({ jobTitle: "Singer" }) };
  assert.equal((await fetch(`${base}/users/ann@example.com`, change)).status, 204);
  const read = await (await fetch(`${base}/users/ann@example.com`, { headers })).json();
  assert.equal(read.jobTitle, "Singer");
});

test("a user without what is required is refused as Graph refuses it", async () => {
  const body = JSON.stringify({ displayName: "Ann" });
  const refused = await fetch(`${base}/users`, { method: "POST", headers, body });
  assert.equal(refused.status, 400);
  assert.equal((await refused.json()).error.code, "Request_BadRequest");
});
