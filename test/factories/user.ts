import { Factory } from 'fishery';
import { hashPassword } from '../../src/accounts/passwords.ts';
import type { Database } from '../../src/db/client.ts';
import type { User } from '../../src/db/generated/prisma/client.ts';
import { newEmail, PASSWORD } from '../device.ts';

interface UserParams {
  email: string;
  role: User['role'];
  createdAt: Date;
}

/** One hash for all: they have the password of the tests. */
let passwordHash: Promise<string> | undefined;

class UserFactory extends Factory<UserParams, { db: Database }, User> {
  admin() {
    return this.params({ role: 'ADMIN' });
  }
}

/** `userFactory.create({}, { transient: { db } })`; the user's password is `PASSWORD`. */
export const userFactory = UserFactory.define(({ transientParams, onCreate }): UserParams => {
  onCreate(async (params) => {
    if (!transientParams.db) throw new Error('userFactory.create needs { transient: { db } }');
    passwordHash ??= hashPassword(PASSWORD);
    return transientParams.db.user.create({ data: { ...params, passwordHash: await passwordHash } });
  });
  return { email: newEmail(), role: 'USER', createdAt: new Date() };
});
