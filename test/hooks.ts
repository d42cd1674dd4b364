/** Runs for each test file. */
import { afterAll, afterEach, beforeEach } from 'vitest';
import { beginTest, endFile, endTest } from './cleanup.ts';

beforeEach(beginTest);
afterEach(endTest);
afterAll(endFile);
