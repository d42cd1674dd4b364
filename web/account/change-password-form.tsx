/** Another password; every other device is signed out by it. */
import { useState } from 'react';
import { useLanguage } from '../language/use-language.ts';
import { useHoldings } from '../session/use-session.ts';
import { Button } from '../ui/button.tsx';
import { KnownEmail } from '../ui/email-field.tsx';
import { Field } from '../ui/field.tsx';
import { FormRefusal } from '../ui/form-refusal.tsx';
import { Notice } from '../ui/notice.tsx';
import { type Refusal, readRefusal, useFaultWords, useSubmit } from '../ui/use-submit.ts';
import { ChangePassword } from './operations.ts';

/** @param labelledBy the id of its heading. */
export function ChangePasswordForm({ labelledBy }: { labelledBy: string }) {
  const { translate } = useLanguage();
  const { ask, feeds, user } = useHoldings();
  const sayFault = useFaultWords();
  /** How many devices the last change signed out; null before any. */
  const [revokedCount, setRevokedCount] = useState<number | null>(null);
  /** A new form for each change: what was typed is gone. */
  const [round, setRound] = useState(0);

  async function change(values: Record<string, string>): Promise<Refusal | null> {
    const { currentPassword = '', newPassword = '' } = values;
    setRevokedCount(null);
    const { data, fault } = await ask(ChangePassword, { currentPassword, newPassword });
    if (fault !== null) return { message: sayFault(fault) };
    const { changePassword: result } = data;
    switch (result.__typename) {
      case 'ChangePasswordSuccess':
        setRevokedCount(result.revokedCount);
        setRound((before) => before + 1);
        void feeds.refresh();
        return null;
      case 'InvalidCredentialsError':
        return readRefusal(result, 'currentPassword');
      case 'InvalidInputError':
      case 'RateLimitedError':
        return readRefusal(result);
    }
  }

  const form = useSubmit(change);
  return (
    <form key={round} className="form" noValidate onSubmit={form.onSubmit} aria-labelledby={labelledBy}>
      {revokedCount !== null && (
        <Notice tone="done">
          <p>{translate('password.changed', { count: revokedCount })}</p>
        </Notice>
      )}
      <FormRefusal form={form} />
      <KnownEmail email={user.email} />
      <Field
        name="currentPassword"
        type="password"
        label={translate('password.current')}
        autoComplete="current-password"
        required
        fault={form.faultOf('currentPassword')}
      />
      <Field
        name="newPassword"
        type="password"
        label={translate('password.new')}
        autoComplete="new-password"
        required
        hint={translate('signUp.passwordHint')}
        fault={form.faultOf('newPassword')}
      />
      <Button type="submit" look="primary" isBusy={form.isBusy} isWaiting={form.isWaiting}>
        {translate('password.submit')}
      </Button>
    </form>
  );
}
