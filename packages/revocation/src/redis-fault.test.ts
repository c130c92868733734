import { describe, expect, it } from '@jest/globals';
import { ReplyError } from 'ioredis';
import { labelOf, redisFaultOf } from './redis-fault.ts';

const codeOf = (message: string) => redisFaultOf(new ReplyError(message))?.code;

describe('redisFaultOf', () => {
  it.each([
    ["READONLY You can't write against a read only replica.", 'READONLY'],
    ['OOM command not allowed when used memory > maxmemory. script: ab12, on @user_script:4.', 'OOM'],
    ["ERR Error running script (call to f_ab12): @user_script:1: -READONLY You can't write", 'READONLY'],
    ['MISCONF Redis is configured to save RDB snapshots, but …', 'MISCONF'],
    ['NOAUTH Authentication required.', 'NOAUTH'],
    ['UNBLOCKED force unblock from blocking operation, instance state changed', 'UNBLOCKED'],
    ['SOMENEWCODE of a server to come', 'SOMENEWCODE'],
  ])('finds a fault in "%s"', (message, code) => {
    expect(codeOf(message)).toBe(code);
  });

  it.each([
    'WRONGTYPE Operation against a key holding the wrong kind of value',
    "ERR unknown command 'FOO', with args beginning with: ",
    'ERR Error running script (call to f_ab12): @user_script:1: user_script:1: attempt to index nil',
    'NOSCRIPT No matching script. Please use EVAL.',
    'SUPERSEDED a later term publishes here',
  ])('finds no fault in "%s", which concerns the command', (message) => {
    expect(codeOf(message)).toBeUndefined();
  });

  it('finds a fault in a command without an answer, and none in a lost connection or another error', () => {
    expect(redisFaultOf(new Error('Command timed out'))?.code).toBe('TIMEOUT');
    expect(redisFaultOf(new Error("Stream isn't writeable and enableOfflineQueue options is false"))).toBeUndefined();
    expect(redisFaultOf('READONLY')).toBeUndefined();
  });

  it('has a label from a closed set for every code', () => {
    const labels = ['OOM no', 'SOMENEWCODE x'].map((message) => redisFaultOf(new ReplyError(message)));
    expect(labels.map((fault) => fault && labelOf(fault))).toEqual(['OOM', 'other']);
  });
});
