/** What a mail says, and what nobody can make it say. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { loadLanguages } from '../../src/i18n/languages.ts';
import { writeMail } from '../../src/mail/messages.ts';
import { noticeOfSignIn, type SignInNotice } from '../../src/mail/notice.ts';
import { USER_AGENTS } from '../factories/session.ts';

const ORIGIN = 'https://auth.example.com';

const NOTICE: SignInNotice = {
  sessionId: '0197a3c4-0000-7000-8000-000000000000',
  signedInAt: '2026-01-31T23:59:30.000Z',
  userAgent: USER_AGENTS.desktop,
  ipAddress: '203.0.113.7',
  isNewDevice: true,
  isSuspicious: false,
};

const languages = await loadLanguages();

const write = (notice: Partial<SignInNotice> = {}) =>
  writeMail({ kind: 'NEW_SIGN_IN', details: { ...NOTICE, ...notice } }, ORIGIN, languages);

test('it tells which device, from where, when, why, and what to do', () => {
  expect(write()).toEqual({
    subject: 'New sign-in on Chrome on macOS',
    text: `Somebody signed in to your account on a device that it was not used on before:

    Device   Chrome on macOS
    Address  203.0.113.7
    Time     January 31, 2026 at 23:59 UTC

If it was you, there is nothing to do.

If it was not, somebody knows your password. See where you are signed in,
end the sessions that are not yours, and change your password:

    https://auth.example.com/
`,
    language: 'en',
  });
});

test('each reason is told', () => {
  const again = 'within an hour of a sign-in from another address:';
  expect(write({ isNewDevice: false, isSuspicious: true }).text).toContain(` account ${again}`);
  expect(write({ isSuspicious: true }).text).toContain(`not used on before, and ${again}`);
});

test('what is not known is said to be so', () => {
  const { subject, text } = write({ userAgent: null, ipAddress: null });
  expect(subject).toBe('New sign-in on an unknown device');
  expect(text).toContain('Device   an unknown device\n    Address  unknown\n');
});

test.each([
  ['evil.example/1.0', 'evil example'],
  ['www.evil.example/1.0 (Windows NT 10.0)', 'www evil example on Windows'],
  ['evil.js.example/1.0', 'evil.js example'],
  ['Win%20a%20car%20at%20evil.example/1', 'Win a car at evil example'],
  ['Evil/1\r\nBcc: eve@example.com', 'Evil'],
  ['x'.repeat(500), 'an unknown device'],
  ['node', 'Node.js'],
])('a User-Agent becomes neither a line nor a link: %j', (userAgent, name) => {
  expect(write({ userAgent }).subject).toBe(`New sign-in on ${name}`);
});

test('no User-Agent changes more of a mail than a short name', () => {
  const plain = write().text.split('Chrome on macOS');
  const part = fc.constantFrom(
    ...['Mozilla/5.0 ', '(', ')', 'Chrome/1', 'Mac OS X', 'bot', '/1.0', '%20', '\r\n', '\n'],
    ...['http://evil.example', '@', '<a href=', '.', ';', ' ', 'Version/', 'Mobile', '\u2028'],
  );
  const userAgents = fc.array(fc.oneof(part, fc.string({ maxLength: 5 })), { maxLength: 30 });
  fc.assert(
    fc.property(userAgents, (parts) => {
      const { subject, text } = write({ userAgent: parts.join('') });
      const [, name = ''] = /^New sign-in on ([A-Za-z\d .+-]{1,40})$/.exec(subject) ?? [];
      expect(name).not.toBe('');
      expect(name).not.toMatch(/\.(?!js\b)/);
      expect(text).toBe(plain.join(name));
    }),
    { numRuns: 2000 },
  );
});

test('a notice goes to the address of the account, or where its backend says, or nowhere', () => {
  const session = { id: 'a', createdAt: new Date(0), ...NOTICE } as never;
  const recipientOf = (email: string | null, contactEmail: string | null) =>
    noticeOfSignIn({ id: 'u', email, contactEmail, language: null }, session)?.recipient ?? null;
  expect(recipientOf('ada@example.com', null)).toBe('ada@example.com');
  expect(recipientOf(null, 'ada@shop.example')).toBe('ada@shop.example');
  expect(recipientOf(null, null)).toBeNull();
});
