// SPDX-License-Identifier: Apache-2.0
//
// usage: node peers.mjs JUDGE    in a folder where the packages are installed
//
// Others sign and we verify, we sign and others verify; each with the genuine message and with
// messages of which one thing was changed. Prints TAP.
import { spawnSync } from 'node:child_process';
import { createHash, createPublicKey, createPrivateKey, webcrypto } from 'node:crypto';

globalThis.crypto ??= webcrypto; // Node 18 has it, but not as a global
const jose = await import('jose');
const dpop = await import('dpop');
const signatures = (await import('http-message-signatures')).default;
const bots = await import('web-bot-auth');
const { signerFromJWK, verifierFromJWK } = await import('web-bot-auth/crypto');

const judge = process.argv[2];
const clock = () => Math.floor(Date.now() / 1000); // for those who look at the clock themselves
const now = clock();
let count = 0, failed = 0;

function report(is_good, name, why) {
    count++;
    failed += is_good ? 0 : 1;
    console.log(`${is_good ? 'ok' : 'not ok'} ${count} - ${name}`);
    if (!is_good)
        console.log(`#   ${why}`);
}

function ask(order) {
    const run = spawnSync(judge, { input: JSON.stringify(order), encoding: 'utf8', timeout: 10000 });
    if (run.status !== 0)
        throw new Error(`judge ended with ${run.status}: ${run.stderr}`);
    return JSON.parse(run.stdout);
}

// We judge: the genuine one passes, and whatever is changed is refused, not misunderstood.
function we_judge(title, order, changes) {
    const genuine = ask(order);
    report(genuine.ok, `${title}: we accept it`, genuine.why);
    for (const [what, change] of Object.entries(changes)) {
        const changed = structuredClone(order);
        change(changed);
        const answer = ask(changed);
        report(!answer.ok, `${title}: not with ${what}`, 'it was accepted');
    }
}

// They judge, by returning false or by throwing.
async function they_judge(title, subject, verify, changes) {
    const said = async (one) => {
        try { return [await verify(one) === true, 'refused']; } catch (error) { return [false, `${error}`]; }
    };
    const [is_good, why] = await said(subject);
    report(is_good, `${title}: they accept it`, why);
    for (const [what, change] of Object.entries(changes)) {
        const changed = structuredClone(subject);
        change(changed);
        report(!(await said(changed))[0], `${title}: they do not with ${what}`, 'it was accepted');
    }
}

function need(answer) {
    if (!answer.ok)
        throw new Error(answer.why);
    return answer;
}

// Another character in the middle of base64, where no stray bits are.
function flip(text) {
    const at = Math.floor(text.length / 2);
    return text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1);
}

const digest_of = (body) => `sha-256=:${createHash('sha256').update(body).digest('base64')}:`;
const field_of = (order, name) => order.fields.find(([one]) => one === name);
const set_field = (name, change) => (order) => { const one = field_of(order, name); one[1] = change(one[1]); };

async function make_key(alg) {
    const pair = await jose.generateKeyPair(alg, { extractable: true });
    const secret = await jose.exportJWK(pair.privateKey), jwk = await jose.exportJWK(pair.publicKey);
    return { alg, pair, secret, jwk, thumbprint: await jose.calculateJwkThumbprint(jwk) };
}

const ed = await make_key('Ed25519'), other_ed = await make_key('Ed25519');
const ec = await make_key('ES256'), other_ec = await make_key('ES256');
const other_of = new Map([[ed, other_ed], [ec, other_ec]]);
const ours = (key) => ({ kind: key.alg, d: key.secret.d });

// --- RFC 9421, signet-pop ---

const request = {
    method: 'POST', scheme: 'https', authority: 'api.example.com', target: '/a%2Fb/c?x=1&y=%7C', body: '{"hello": "world"}',
};
const url_of = (order) => `${order.scheme}://${order.authority}${order.target}`;

const message_changes = (other) => ({
    'another method': (order) => { order.method = 'PUT'; },
    'another path': (order) => { order.target = '/a%2Fb/d?x=1&y=%7C'; },
    'the path decoded': (order) => { order.target = '/a/b/c?x=1&y=%7C'; },
    'another query': (order) => { order.target = '/a%2Fb/c?x=2&y=%7C'; },
    'another authority': (order) => { order.authority = 'api.example.org'; },
    'another scheme': (order) => { order.scheme = 'http'; },
    'another body': (order) => { order.body = '{"hello": "World"}'; },
    'another body and its digest': (order) => {
        order.body = 'x';
        set_field('content-digest', () => digest_of('x'))(order);
    },
    'another token': set_field('authorization', flip),
    'another nonce': set_field('signature-input', (text) => text.replace(/nonce="./, (part) => `nonce="${part.endsWith('A') ? 'B' : 'A'}`)),
    'another created': set_field('signature-input', (text) => text.replace(/created=(\d+)/, (_, at) => `created=${Number(at) + 1}`)),
    'another expires': set_field('signature-input', (text) => text.replace(/expires=(\d+)/, (_, at) => `expires=${Number(at) + 1}`)),
    'another keyid': set_field('signature-input', (text) => text.replace(/keyid="./, (part) => `keyid="${part.endsWith('0') ? '1' : '0'}`)),
    'another signature': set_field('signature', flip),
    'the digest uncovered': set_field('signature-input', (text) => text.replace(' "content-digest"', '')),
    'another key': (order) => { order.jwk = JSON.stringify(other.jwk); },
});

const late_changes = {
    'a clock too early': (order) => { order.now -= 31; },
    'a clock past its end': (order) => { order.now += 30; },
};

async function peer_signs_message(key, algorithm) {
    const signer = signatures.createSigner(createPrivateKey({ key: key.secret, format: 'jwk' }), algorithm, key.thumbprint);
    const signed = await signatures.httpbis.signMessage({
        key: signer, name: 'peer', params: ['created', 'expires', 'nonce', 'keyid', 'alg', 'tag'],
        fields: ['@method', '@target-uri', 'content-digest', 'authorization'],
        paramValues: {
            created: new Date(now * 1000), expires: new Date((now + 30) * 1000), tag: 'signet-pop',
            nonce: Buffer.from(webcrypto.getRandomValues(new Uint8Array(16))).toString('base64'),
        },
    }, {
        method: request.method, url: url_of(request),
        headers: { 'content-digest': digest_of(request.body), authorization: 'Bearer abcdefgh' },
    });
    const fields = Object.entries(signed.headers).map(([name, value]) => [name.toLowerCase(), value]);
    we_judge(`http-message-signatures, ${algorithm}`,
        { do: 'read', profile: 'signet-pop', ...request, fields, jwk: JSON.stringify(key.jwk), now },
        { ...message_changes(other_of.get(key)), ...late_changes });
}

async function we_sign_message(key, algorithm) {
    const fields = [['authorization', 'Bearer abcdefgh']];
    const signed = need(ask({ do: 'sign', profile: 'signet-pop', ...request, fields, ...ours(key), keyid: key.thumbprint, now: clock() }));
    for (const name of ['content-digest', 'signature-input', 'signature'])
        fields.push([name, signed[name]]);
    await they_judge(`ours to http-message-signatures, ${algorithm}`,
        { ...request, fields, jwk: JSON.stringify(key.jwk) },
        async (order) => field_of(order, 'content-digest')[1] === digest_of(order.body) &&
            signatures.httpbis.verifyMessage({
                keyLookup: async (params) => params.keyid !== key.thumbprint ? null : {
                    id: params.keyid, algs: [algorithm],
                    verify: signatures.createVerifier(createPublicKey({ key: JSON.parse(order.jwk), format: 'jwk' }), algorithm),
                },
                requiredFields: ['@method', '@target-uri', 'content-digest', 'authorization'],
                requiredParams: ['created', 'expires', 'nonce', 'keyid', 'alg', 'tag'],
            }, { method: order.method, url: url_of(order), headers: Object.fromEntries(order.fields) }),
        message_changes(other_of.get(key)));
}

// --- Web Bot Auth ---

const visit = { method: 'GET', scheme: 'https', authority: 'shop.example.com', target: '/catalogue?page=2', body: '' };

async function peer_signs_bot(agent) {
    const headers = agent ? { 'signature-agent': agent } : {};
    const signed = await bots.signatureHeaders({ method: visit.method, url: url_of(visit), headers }, await signerFromJWK(ed.secret),
        { created: new Date(now * 1000), expires: new Date((now + 300) * 1000) });
    const fields = [['signature-input', signed['Signature-Input']], ['signature', signed.Signature]];
    if (agent)
        fields.push(['signature-agent', agent]);
    we_judge(`web-bot-auth, ${agent ? 'an agent' : 'no agent'}`,
        { do: 'read', profile: 'web-bot-auth', ...visit, fields, jwk: JSON.stringify(ed.jwk), now }, {
            'another authority': message_changes(other_ed)['another authority'],
            'another nonce': message_changes(other_ed)['another nonce'],
            'another created': message_changes(other_ed)['another created'],
            'another signature': message_changes(other_ed)['another signature'],
            'another key': message_changes(other_ed)['another key'],
            'another tag': set_field('signature-input', (text) => text.replace('web-bot-auth', 'web-bot-autk')),
            'a clock past its end': (order) => { order.now += 300; },
            'a claim to be a proof': (order) => { order.profile = 'signet-pop'; },
            ...(agent ? { 'another agent': set_field('signature-agent', () => '"https://elsewhere.example"') } :
                { 'an agent put in': (order) => { order.fields.push(['signature-agent', '"https://elsewhere.example"']); } }),
        });
}

async function we_sign_bot() {
    const signed = need(ask({ do: 'sign', profile: 'web-bot-auth', ...visit, fields: [], ...ours(ed), keyid: ed.thumbprint, now: clock() }));
    const fields = [['signature-input', signed['signature-input']], ['signature', signed.signature]];
    const all = message_changes(other_ed), changes = {};
    for (const what of ['another method', 'another query', 'another authority', 'another nonce', 'another created', 'another expires',
        'another signature', 'another key'])
        changes[what] = all[what];
    changes['another tag'] = set_field('signature-input', (text) => text.replace('web-bot-auth', 'web-bot-autk'));
    await they_judge('ours to web-bot-auth', { ...visit, fields, jwk: JSON.stringify(ed.jwk) }, async (order) => {
        const verify = await verifierFromJWK(JSON.parse(order.jwk));
        await bots.verify({ method: order.method, url: url_of(order), headers: Object.fromEntries(order.fields) }, verify);
        return true;
    }, changes);
}

// --- DPoP and access tokens ---

const resource = 'https://api.example.com/orders', issuer = 'https://as.example.com';
const nonce_secret = 'a secret of thirty-two bytes, or more';
const nonce = need(ask({ do: 'nonce', nonce_secret, now })).nonce;
const opened = (part) => JSON.parse(Buffer.from(part, 'base64url'));
const ath = (token) => createHash('sha256').update(token).digest('base64url');

// What others claim in our name: the claims of RFC 9068 but for what a row changes.
async function issue(key, proof_key, alg = key.alg, claims = {}, typ = 'at+jwt') {
    return new jose.SignJWT({
        iss: issuer, aud: resource, sub: 'somebody', client_id: 'app', jti: 'token-1', iat: now, exp: now + 300,
        cnf: { jkt: proof_key.thumbprint }, ...claims,
    }).setProtectedHeader({ alg, typ, kid: 'as' }).sign(key.pair.privateKey);
}

const jwks_of = (key) => JSON.stringify({ keys: [{ ...key.jwk, kid: 'as' }] });

const proof_changes = {
    'another method': (order) => { order.method = 'GET'; },
    'another path': (order) => { order.url = 'https://api.example.com/order'; },
    'another host': (order) => { order.url = 'https://api.example.org/orders'; },
    'another port': (order) => { order.url = 'https://api.example.com:8443/orders'; },
    'another token': (order) => { order.token = flip(order.token); },
    'no token': (order) => { delete order.token; delete order.issuer; },
    'another nonce': (order) => { order.nonce_secret = `${order.nonce_secret}!`; },
    'a clock 62 s early': (order) => { order.now -= 62; },
    'a clock 62 s late': (order) => { order.now += 62; },
    'another signature': (order) => {
        const parts = order.proof.split('.');
        order.proof = `${parts[0]}.${parts[1]}.${flip(parts[2])}`;
    },
    'another claim': (order) => {
        const parts = order.proof.split('.');
        const claims = JSON.parse(Buffer.from(parts[1], 'base64url'));
        parts[1] = Buffer.from(JSON.stringify({ ...claims, iat: claims.iat + 1 })).toString('base64url');
        order.proof = parts.join('.');
    },
    'another key in it': (order) => {
        const parts = order.proof.split('.');
        const header = JSON.parse(Buffer.from(parts[0], 'base64url'));
        header.jwk = (header.jwk.kty === 'OKP' ? other_ed : other_ec).jwk;
        parts[0] = Buffer.from(JSON.stringify(header)).toString('base64url');
        order.proof = parts.join('.');
    },
};

// proof_by(key, token, header, claims) makes a proof
async function peer_proves(title, key, alg, proof_by) {
    const token = await issue(ed, key), other = other_of.get(key);
    const proof = await proof_by(key, alg, token);
    const order = {
        do: 'proof', method: 'POST', url: resource, token, nonce_secret, issuer, resource, jwks: jwks_of(ed), proof,
        now: opened(proof.split('.')[1]).iat,
    };
    const stolen = await proof_by(other, alg, token);
    we_judge(`${title}, ${alg}`, order, { ...proof_changes, 'a proof by another key': (one) => { one.proof = stolen; } });
}

const by_dpop = (key, alg, token) =>
    dpop.generateProof(key.pair, resource, 'POST', nonce, token);
const by_jose = async (key, alg, token) =>
    new jose.SignJWT({ jti: webcrypto.randomUUID(), htm: 'POST', htu: resource, iat: now, ath: ath(token), nonce })
        .setProtectedHeader({ alg, typ: 'dpop+jwt', jwk: key.jwk }).sign(key.pair.privateKey);

async function peer_issues(key, alg) {
    const token = await issue(key, ec, alg);
    const order = async (one) => ({
        do: 'proof', method: 'POST', url: resource, token: one, nonce_secret, now, issuer, resource, jwks: jwks_of(key),
        proof: await by_jose(ec, 'ES256', one),
    });
    const replace = async (one) => { const made = await order(one); return (given) => { Object.assign(given, made); }; };
    const made = async (claims, typ) => replace(await issue(key, ec, alg, claims, typ));
    we_judge(`jose issues, ${alg}`, await order(token), {
        'another issuer': await made({ iss: 'https://as.example.org' }),
        'another audience': await made({ aud: 'https://api.example.com/order' }),
        'its time over': await made({ iat: now - 400, exp: now - 100 }),
        'a time to come': await made({ nbf: now + 100 }),
        'no binding': await made({ cnf: undefined }),
        'a binding to another key': await made({ cnf: { jkt: other_ec.thumbprint } }),
        'no subject': await made({ sub: undefined }),
        'no id': await made({ jti: undefined }),
        'another type': await made({}, 'JWT'),
        'another key of the issuer': (given) => { given.jwks = jwks_of(other_of.get(key)); },
        'another signature': await replace(token.replace(/[^.]*$/, flip)),
    });
}

async function we_prove(key, algorithms) {
    const token = 'an.access-token';
    const answer = need(ask({ do: 'prove', ...ours(key), algorithms, method: 'POST', url: `${resource}?page=2`, token, nonce, now }));
    await they_judge(`ours to jose, ${algorithms}`,
        { proof: answer.proof, method: 'POST', url: resource, token, nonce, thumbprint: key.thumbprint, at: now }, async (order) => {
            const { payload, protectedHeader } = await jose.jwtVerify(order.proof, jose.EmbeddedJWK,
                { typ: 'dpop+jwt', algorithms: [algorithms], maxTokenAge: 60, currentDate: new Date(order.at * 1000), requiredClaims: ['jti'] });
            return payload.htm === order.method && payload.htu === order.url && payload.ath === ath(order.token) &&
                payload.nonce === order.nonce && await jose.calculateJwkThumbprint(protectedHeader.jwk) === order.thumbprint;
        }, {
            'another method': proof_changes['another method'],
            'another path': proof_changes['another path'],
            'another token': proof_changes['another token'],
            'another nonce': (order) => { order.nonce = flip(order.nonce); },
            'another signature': proof_changes['another signature'],
            'another claim': proof_changes['another claim'],
            'another key in it': proof_changes['another key in it'],
            'a thumbprint of another': (order) => { order.thumbprint = other_of.get(key).thumbprint; },
            'a clock 62 s late': (order) => { order.at += 62; },
        });
    report(opened(answer.proof.split('.')[0]).jwk.d === undefined, `ours to jose, ${algorithms}: no private member`, 'd');
}

async function we_issue(key, algorithm) {
    const claims = JSON.stringify({ iss: issuer, aud: resource, sub: 'somebody', jti: 'token-1', iat: now, exp: now + 300,
        cnf: { jkt: ec.thumbprint } });
    const { token } = need(ask({ do: 'issue', ...ours(key), algorithm, kid: 'as', claims }));
    await they_judge(`ours as access token to jose, ${algorithm}`, { token, jwks: jwks_of(key), issuer, resource, at: now },
        async (order) => {
            const { payload } = await jose.jwtVerify(order.token, jose.createLocalJWKSet(JSON.parse(order.jwks)), {
                typ: 'at+jwt', issuer: order.issuer, audience: order.resource, algorithms: [algorithm], currentDate: new Date(order.at * 1000),
            });
            return payload.cnf.jkt === ec.thumbprint;
        }, {
            'another issuer': (order) => { order.issuer = 'https://as.example.org'; },
            'another audience': (order) => { order.resource = 'https://api.example.com/order'; },
            'another key of the issuer': (order) => { order.jwks = jwks_of(other_of.get(key)); },
            'another signature': (order) => { order.token = order.token.replace(/[^.]*$/, flip); },
            'a clock past its end': (order) => { order.at += 300; },
        });
}

for (const [key, algorithm] of [[ed, 'ed25519'], [ec, 'ecdsa-p256-sha256']]) {
    await peer_signs_message(key, algorithm);
    await we_sign_message(key, algorithm);
}
await peer_signs_bot(null);
await peer_signs_bot('"https://agent.example"');
await we_sign_bot();
await peer_proves('dpop', ed, 'Ed25519', by_dpop);
await peer_proves('dpop', ec, 'ES256', by_dpop);
for (const [key, alg] of [[ed, 'Ed25519'], [ed, 'EdDSA'], [ec, 'ES256']]) {
    await peer_proves('jose', key, alg, by_jose);
    await we_prove(key, alg);
    await peer_issues(key, alg);
    await we_issue(key, alg);
}
console.log(`1..${count}`);
process.exit(failed > 0 ? 1 : 0);
