/**
 * Asks for the password where the server wants it given anew. Whoever needs it
 * waits for the answer here, and then tries again.
 */
import { type ReactNode, useCallback, useState } from 'react';
import { useLanguage } from '../language/use-language.ts';
import { useHoldings } from '../session/use-session.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { KnownEmail } from '../ui/email-field.tsx';
import { Field } from '../ui/field.tsx';
import { FormRefusal } from '../ui/form-refusal.tsx';
import { type Refusal, readRefusal, useFaultWords, useSubmit } from '../ui/use-submit.ts';
import { ConfirmPassword } from './operations.ts';
import { type AskPassword, ConfirmationContext } from './use-confirmation.ts';

export function ConfirmationProvider({ children }: { children: ReactNode }) {
  /** Those who wait; one dialog answers all of them. */
  const [waiting, setWaiting] = useState<readonly ((isConfirmed: boolean) => void)[]>([]);
  const askPassword = useCallback<AskPassword>(
    () => new Promise((resolve) => setWaiting((before) => [...before, resolve])),
    [],
  );

  function settle(isConfirmed: boolean): void {
    for (const resolve of waiting) resolve(isConfirmed);
    setWaiting([]);
  }

  return (
    <ConfirmationContext value={askPassword}>
      {children}
      {waiting.length > 0 && <PasswordDialog onSettle={settle} />}
    </ConfirmationContext>
  );
}

function PasswordDialog({ onSettle }: { onSettle(isConfirmed: boolean): void }) {
  const { translate } = useLanguage();
  const { ask, user } = useHoldings();
  const sayFault = useFaultWords();

  async function confirm({ password = '' }: Record<string, string>): Promise<Refusal | null> {
    const { data, fault } = await ask(ConfirmPassword, { password });
    if (fault !== null) return { message: sayFault(fault) };
    const { confirmPassword: result } = data;
    switch (result.__typename) {
      case 'ConfirmPasswordSuccess':
        onSettle(true);
        return null;
      case 'InvalidCredentialsError':
        return readRefusal(result, 'password');
      case 'RateLimitedError':
        return readRefusal(result);
    }
  }

  const form = useSubmit(confirm);
  return (
    <Dialog title={translate('confirm.title')} onDismiss={() => onSettle(false)}>
      <form className="form" noValidate onSubmit={form.onSubmit}>
        <p>{translate('confirm.text')}</p>
        <FormRefusal form={form} />
        <KnownEmail email={user.email} />
        <Field
          name="password"
          type="password"
          label={translate('signIn.password')}
          autoComplete="current-password"
          data-first
          required
          fault={form.faultOf('password')}
        />
        <div className="actions">
          <Button type="submit" look="primary" isBusy={form.isBusy} isWaiting={form.isWaiting}>
            {translate('confirm.submit')}
          </Button>
          <Button look="quiet" onClick={() => onSettle(false)}>
            {translate('dialog.cancel')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
