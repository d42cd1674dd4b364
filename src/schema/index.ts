/** The whole schema. */
import './account.ts';
import './administration.ts';
import './audit-event.ts';
import './date-time.ts';
import './device.ts';
import './language.ts';
import './live.ts';
import './service.ts';
import './session.ts';
import './user.ts';
import './user-errors.ts';
import { builder } from './builder.ts';
import { answerIdsAtOnce } from './node-ids.ts';

export const schema = answerIdsAtOnce(builder.toSchema());
