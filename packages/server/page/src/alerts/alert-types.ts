/** What the server's API of alerts answers; docs/alerts.md describes it. */

/** A rule as it is sent. */
export interface RuleBody {
  readonly name: string;
  readonly measure: string;
  readonly filter: Readonly<Record<string, string>>;
  readonly of?: string | undefined;
  readonly above?: number | undefined;
  readonly below?: number | undefined;
  readonly recover?: number | undefined;
  readonly recover_windows?: number | undefined;
  readonly window_minutes: number;
  readonly min_requests?: number | undefined;
  readonly delay_seconds?: number | undefined;
  readonly schedule?: string | undefined;
  readonly time_zone?: string | undefined;
  readonly destinations: readonly string[];
  readonly paused: boolean;
}

/** A rule, and what fires of it. */
export interface AlertRule extends RuleBody {
  readonly id: string;
  readonly read_only: boolean;
  readonly firing: readonly {
    readonly subject: string | null;
    readonly value: number | null;
    readonly since: string;
  }[];
  readonly evaluated_to: string | null;
}

/** Where messages go, without secrets. */
export interface AlertDestination {
  readonly id: string;
  readonly name: string;
  readonly kind: string | null;
  readonly target: string | null;
  readonly read_only: boolean;
}

/** `GET /api/alerts`. */
export interface Alerts {
  readonly rules: readonly AlertRule[];
  readonly destinations: readonly AlertDestination[];
}

/** Something that happened. */
export interface AlertEntry {
  readonly id: string;
  readonly at: string;
  readonly type: string;
  readonly rule_name: string;
  readonly text: string;
  readonly messages: readonly {
    readonly destination: string;
    readonly state: 'waiting' | 'delivered' | 'given_up';
    readonly attempts: number;
    readonly error: string | null;
  }[];
}

/** `GET /api/alerts/log`. */
export interface AlertLog {
  readonly entries: readonly AlertEntry[];
}

/** `POST /api/alerts/preview`. */
export interface Preview {
  readonly readings: readonly {
    readonly subject: string | null;
    readonly value: number | null;
    readonly detail: string | null;
  }[];
}
