import type { PresentedLink } from '../../access/reader-access.ts';
import type { Share } from '../../access/sharing/share-record.ts';
import { failure, unauthorized, type Reply } from '../../http/response.ts';
import type { RouteName } from '../route-needs.ts';
import { LINK_RULES, linkVerdict } from './link-rules.ts';

/** A request that comes with a share link. */
export interface LinkRequest {
  readonly name: RouteName;
  readonly link: PresentedLink;
  readonly params: URLSearchParams;
  /** What the route answers, to what the link makes of the question. */
  readonly answer: (asked: {
    readonly params: URLSearchParams;
    readonly link?: Share;
  }) => Reply | Promise<Reply>;
  readonly isStillValid: () => boolean;
  readonly onRefused: () => void;
}

/** Answers a request that comes with a share link. */
export async function linkReply(request: LinkRequest): Promise<Reply> {
  const { name, link, params, answer, isStillValid, onRefused } = request;
  if (LINK_RULES[name] === 'open') return answer({ params });
  const refused = (reply: Reply): Reply => {
    onRefused();
    return reply;
  };
  if (link === 'invalid') return refused(ended());
  const verdict = linkVerdict(name, link, params, Date.now());
  if (!verdict.ok) return refused(failure(403, verdict.error));
  const reply = await answer({ params: verdict.params, link });
  // A question may take seconds, and revoking means now.
  return isStillValid() ? reply : refused(ended());
}

function ended(): Reply {
  return unauthorized('the link is not valid, or no longer');
}
