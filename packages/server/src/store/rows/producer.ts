import type { ProducerMode, ProducerRow } from '../questions/producer.ts';
import { maybeText, number, text, type Row } from './values.ts';

/** Reads a row of producers: columns have the names of the `producers` table, instants are milliseconds. */
export function toProducerRow(row: Row): ProducerRow {
  return {
    producer: text(row['producer']),
    lastSeq: number(row['last_seq']),
    mode: text(row['mode']) as ProducerMode,
    ...senderFigures(row),
  };
}

/** What a producer and all of an application's have in common. */
export function senderFigures(row: Row): Omit<ProducerRow, 'producer' | 'lastSeq' | 'mode'> {
  return {
    clientId: text(row['client_id']),
    agent: maybeText(row['agent']),
    service: {
      version: maybeText(row['service_version']),
      environment: maybeText(row['deployment_environment']),
      instanceId: maybeText(row['service_instance_id']),
    },
    firstSeen: number(row['first_seen']),
    lastSeen: number(row['last_seen']),
    events: number(row['events']),
    rejected: number(row['rejected']),
  };
}
