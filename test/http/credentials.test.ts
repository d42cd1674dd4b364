/** Which token a request presents, when it carries several, none, or something else. */
import { describe, expect, test } from 'vitest';
import { BadArgumentError } from '../../src/errors.ts';
import { BEARER_PREFIX, findPresentedToken, nameCookies } from '../../src/http/credentials.ts';
import {
  deriveSigningKeys,
  makeSecret,
  readToken,
  TokenReader,
  writeToken,
} from '../../src/sessions/token.ts';

const keys = deriveSigningKeys(['a secret that signs the tokens here']);
const makeToken = () => writeToken(keys, '018f6f00-0000-7000-8000-000000000000', makeSecret());
const [one, two, three] = [makeToken(), makeToken(), makeToken()];
const bearer = (token: string) => `Bearer ${BEARER_PREFIX}${token}`;
const tokens = new TokenReader(keys, 10);
const api = (token: string) => ({ kind: 'API', claim: readToken(keys, token) });
const browser = (token: string) => ({ kind: 'BROWSER', claim: readToken(keys, token) });

function find(headers: { authorization?: string; cookie?: string }, params?: Record<string, unknown>) {
  return findPresentedToken(tokens, 'session', headers, params);
}

describe('of several places', () => {
  test('the header wins over the cookie', () => {
    expect(find({ authorization: bearer(one), cookie: `session=${two}` })).toEqual(api(one));
  });

  test.each(['Bearer', 'Bearer ', 'Bearer garbage', `Bearer ${BEARER_PREFIX}garbage`, `Bearer ${one}`])(
    'the header wins even when it is bad: %s',
    (authorization) => {
      expect(find({ authorization, cookie: `session=${one}` })?.kind).not.toBe('BROWSER');
    },
  );

  test('connectionParams win over the header and the cookie', () => {
    const headers = { authorization: bearer(one), cookie: `session=${two}` };
    expect(find(headers, { authorization: bearer(three) })).toEqual(api(three));
    expect(find(headers, { authorization: 'Bearer garbage' })).toBeNull();
  });

  test.each([{}, { authorization: undefined }, { authorization: null }, { other: 'x' }])(
    'connectionParams that say nothing of it leave it to the header: %j',
    (params) => {
      expect(find({ authorization: bearer(one) }, params)).toEqual(api(one));
      expect(find({ cookie: `session=${two}` }, params)).toEqual(browser(two));
    },
  );

  test('none presents nothing', () => {
    expect(find({})).toBeNull();
    expect(find({ authorization: '', cookie: '' })).toBeNull();
  });
});

describe('the Authorization', () => {
  test.each(['bearer', 'BEARER', 'bEaReR'])('scheme is read without regard to case: %s', (scheme) => {
    expect(find({ authorization: `${scheme} ${BEARER_PREFIX}${one}` })).toEqual(api(one));
  });

  test.each(['Authorization', 'AUTHORIZATION', 'authorization'])(
    'of connectionParams is found without regard to case: %s',
    (name) => {
      expect(find({}, { [name]: bearer(one) })).toEqual(api(one));
    },
  );

  test('with a long row of blanks is read in no time', () => {
    const authorization = `Bearer${' '.repeat(60_000)}\nx`;
    // Each took six seconds once: more than the test has for all of them.
    for (let count = 0; count < 50; count++) expect(find({}, { authorization })).toBeNull();
  });

  test('may have blanks around it', () => {
    expect(find({ authorization: `  Bearer   ${BEARER_PREFIX}${one} ` })).toEqual(api(one));
  });

  test('without our prefix is no token of ours', () => {
    expect(find({ authorization: `Bearer ${one}` })).toBeNull();
    expect(find({ authorization: `Bearer ${BEARER_PREFIX.toUpperCase()}${one}` })).toBeNull();
  });

  test.each(['Basic dXNlcjpwYXNz', 'Digest username="x"', 'Bearers x', `BearerX${one}`])(
    'of another scheme is passed over: %s',
    (authorization) => {
      expect(find({ authorization })).toBeNull();
      expect(find({ authorization, cookie: `session=${one}` })).toEqual(browser(one));
    },
  );

  test.each([42, true, false, {}, [], [bearer(one)], { token: one }])(
    'of connectionParams must be text, not %j',
    (authorization) => {
      expect(() => find({ cookie: `session=${one}` }, { authorization })).toThrow(BadArgumentError);
      expect(() => find({}, { authorization })).toThrow('connectionParams.authorization must be text');
    },
  );
});

describe('the cookie', () => {
  test.each([
    ['alone', `session=${one}`],
    ['among others', `a=1; session=${one}; b=2`],
    ['without blanks', `a=1;session=${one};b=2`],
    ['beside garbage of its name, which comes first', `session=garbage; session=${one}`],
    ['beside garbage of its name, which comes last', `session=${one}; session=; session`],
    ['twice the same', `session=${one}; session=${one}`],
    ['beside ones that are named alike', `Session=${two}; xsession=${two}; session_=${two}; session=${one}`],
  ])('is found %s', (_how, cookie) => {
    expect(find({ cookie })).toEqual(browser(one));
  });

  test('of two different tokens of ours presents neither', () => {
    expect(find({ cookie: `session=${one}; session=${two}` })).toBeNull();
    expect(find({ cookie: `session=${one}; session=${two}; session=${one}` })).toBeNull();
  });

  test.each(['session=', 'session', '=', ';;;', 'session=garbage', `session="${one}"`, `session=${one}=`])(
    'of anything else presents nothing: %s',
    (cookie) => {
      expect(find({ cookie })).toBeNull();
    },
  );

  test('signed by another secret presents nothing', () => {
    const foreign = writeToken(
      deriveSigningKeys(['the secret of somebody else']),
      '018f6f00-0000-7000-8000-000000000000',
      makeSecret(),
    );
    expect(find({ cookie: `session=${foreign}` })).toBeNull();
    expect(find({ cookie: `session=${foreign}; session=${one}` })).toEqual(browser(one));
  });

  test('is tied to its host in production', () => {
    expect(nameCookies(true).session).toBe('__Host-session');
    const headers = { cookie: `session=${one}; __Host-session=${two}` };
    expect(findPresentedToken(tokens, nameCookies(true).session, headers)).toEqual(browser(two));
    expect(findPresentedToken(tokens, nameCookies(false).session, headers)).toEqual(browser(one));
  });
});
