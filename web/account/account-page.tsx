/** The account: whose it is, since when, and its password. */
import { useId } from 'react';
import { PageHeading } from '../app/page-heading.tsx';
import { useLanguage } from '../language/use-language.ts';
import { useHoldings } from '../session/use-session.ts';
import { Day } from '../ui/instant.tsx';
import { ChangePasswordForm } from './change-password-form.tsx';

export function AccountPage({ takesFocus }: { takesFocus: boolean }) {
  const { translate } = useLanguage();
  const { user } = useHoldings();
  const id = useId();
  return (
    <>
      <PageHeading title={translate('account.title')} takesFocus={takesFocus}>
        <p className="lede">
          {user.email}
          {' · '}
          <Day at={user.createdAt} say={(day) => translate('account.since', { day })} />
        </p>
      </PageHeading>
      <section className="panel" aria-labelledby={id}>
        <h2 id={id}>{translate('password.title')}</h2>
        <p className="quiet">{translate('password.text')}</p>
        <ChangePasswordForm labelledBy={id} />
      </section>
    </>
  );
}
