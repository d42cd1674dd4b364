/** What somebody sees who is not signed in: why, if they were, and the way in. */
import { useEffect, useRef } from 'react';
import type { SignedOut } from '../../src/client/watch.ts';
import { parseDoor } from '../app/route.ts';
import { useHash } from '../app/use-hash.ts';
import { Wordmark } from '../app/wordmark.tsx';
import { LanguageSwitch } from '../language/language-switch.tsx';
import { useLanguage } from '../language/use-language.ts';
import { Night } from './night.tsx';
import { SignInForm } from './sign-in-form.tsx';
import { SignUpForm } from './sign-up-form.tsx';
import { SignedOutNotice } from './signed-out-notice.tsx';

export function Entrance({ how }: { how: SignedOut | null }) {
  const { translate } = useLanguage();
  const door = parseDoor(useHash());
  const heading = useRef<HTMLHeadingElement>(null);
  const before = useRef<{ door: string; how: SignedOut | null }>({ door, how: null });

  // What had the focus is gone; at the first visit it stays where the browser has it.
  useEffect(() => {
    if (before.current.door !== door || before.current.how !== how) heading.current?.focus();
    before.current = { door, how };
  }, [door, how]);

  const isSignUp = door === 'sign-up';
  const title = isSignUp ? 'signUp.title' : how ? 'signedOut.title' : 'signIn.title';
  return (
    <div className="entrance">
      <title>{`${translate(title)} · ${translate('page.name')}`}</title>
      <Night />
      <div className="entrance-side">
        <header className="entrance-top">
          <Wordmark />
          <LanguageSwitch />
        </header>
        <main className="entrance-main">
          <h1 ref={heading} tabIndex={-1}>
            {translate(title)}
          </h1>
          {how && !isSignUp && <SignedOutNotice how={how} />}
          {isSignUp ? <SignUpForm /> : <SignInForm isAgain={how !== null} />}
          <p className="entrance-other">
            {translate(isSignUp ? 'signUp.other' : 'signIn.other')}{' '}
            <a href={isSignUp ? '#sign-in' : '#sign-up'}>
              {translate(isSignUp ? 'signUp.otherLink' : 'signIn.otherLink')}
            </a>
          </p>
        </main>
      </div>
    </div>
  );
}
