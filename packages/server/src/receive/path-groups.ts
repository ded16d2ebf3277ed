import type { CerberusEvent } from '../event/event.ts';
import { inferredName, NO_ROUTE, OTHER_PATHS } from '../event/path-group.ts';
import { templateOf } from '../event/path-template.ts';

/** How much is remembered. */
export interface PathGroupLimits {
  /** Of an application; what is beyond counts as `(other)`. Default 500. */
  readonly templatesPerApplication?: number;
  /** Of all applications together. Default 20,000. */
  readonly templates?: number;
  /** Whose templates are told apart; default 10,000. */
  readonly applications?: number;
}

/** An event that nobody else has yet: a copy of each would cost more than all that is looked at here. */
type Unnamed = Omit<CerberusEvent, 'pathGroup'> & { pathGroup: string | null };

/** What is known of an application since the start. */
interface Application {
  /** It named a route: its framework tells what has one. */
  hasRoutes: boolean;
  readonly templates: Set<string>;
}

/**
 * Says under which name requests without a route are listed, once, when they arrive: afterwards all stores, and their aggregates, only
 * have to read it. Where an application names routes, a path without one is no endpoint, but whatever a scanner tries. Where it
 * names none at all, templates are inferred; never for a 404, and never for one whose path was not sent.
 */
export class PathGroups {
  readonly #applications = new Map<string, Application>();
  readonly #limits: Required<PathGroupLimits>;
  #templates = 0;

  constructor(limits: PathGroupLimits = {}) {
    this.#limits = { templatesPerApplication: 500, templates: 20_000, applications: 10_000, ...limits };
  }

  /** Names events that arrived together. A route of one of them is known before the others are named. */
  name(events: readonly Unnamed[]): void {
    for (const { clientId, route } of events) if (route !== null) this.#routed(clientId);
    for (const event of events) if (event.route === null) event.pathGroup = this.#groupOf(event);
  }

  #routed(clientId: string): void {
    const application = this.#of(clientId);
    if (application === undefined || application.hasRoutes) return;
    application.hasRoutes = true;
    this.#templates -= application.templates.size;
    application.templates.clear();
  }

  #groupOf({ clientId, endpoint, statusCode }: Unnamed): string {
    const application = this.#of(clientId);
    if (endpoint === '' || statusCode === 404 || application === undefined || application.hasRoutes)
      return NO_ROUTE;
    const template = templateOf(endpoint);
    if (template === undefined) return OTHER_PATHS;
    const name = template === endpoint ? endpoint : inferredName(template);
    if (application.templates.has(name)) return name;
    const { templatesPerApplication, templates } = this.#limits;
    if (application.templates.size >= templatesPerApplication || this.#templates >= templates)
      return OTHER_PATHS;
    application.templates.add(name);
    this.#templates += 1;
    return name;
  }

  #of(clientId: string): Application | undefined {
    const known = this.#applications.get(clientId);
    if (known !== undefined || this.#applications.size >= this.#limits.applications) return known;
    const application = { hasRoutes: false, templates: new Set<string>() };
    this.#applications.set(clientId, application);
    return application;
  }
}
