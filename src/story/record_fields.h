/* Private to this room: the names of what records have. */
#ifndef WARD_STORY_RECORD_FIELDS_H
#define WARD_STORY_RECORD_FIELDS_H

/* Nested members have dotted names once they are read; those of arrays give lists. */
#define FIELDS(X)                                    \
	X(KIND, "kind")                              \
	X(ID, "id")                                  \
	X(REVISION, "revision")                      \
	X(WITHDRAWN, "withdrawn")                    \
	X(FURTHER, "further")                        \
	X(STAGE, "stage")                            \
	X(FIRST, "first")                            \
	X(LAST, "last")                              \
	X(RULE_ID, "rule.id")                        \
	X(RULE_TAGS, "rule.tags")                    \
	X(RULE_TITLE, "rule.title")                  \
	X(RULE_LEVEL, "rule.level")                  \
	X(ASSET, "asset")                            \
	X(ASSET_NAME, "asset_name")                  \
	X(PLACE, "place")                            \
	X(PLACE_NAME, "place_name")                  \
	X(EVIDENCE, "evidence")                      \
	X(SUBJECT, "subject")                        \
	X(ACTOR, "actor")                            \
	X(BECAUSE, "because")                        \
	X(BECAUSE_MORE, "because_more")              \
	X(REASON, "reason")                          \
	X(P_ID, "permit.id")                         \
	X(P_WHO, "permit.who")                       \
	X(P_UNTIL, "permit.until")                   \
	X(P_EXPECTED, "permit.expected")             \
	X(P_BECAUSE, "permit.because")               \
	X(STATE, "state")                            \
	X(DOMAIN, "domain")                          \
	X(LEVEL, "level")                            \
	X(STEP_ROLE, "first_step.role_name")         \
	X(STEP_REACH, "first_step.reach")            \
	X(STEP_TEXT, "first_step.text")              \
	X(STEP_ON, "first_step.on")                  \
	X(HEADLINE, "headline.threat")               \
	X(HEADLINE_ON, "headline.on")                \
	X(HEADLINE_SIGN, "headline.sign")            \
	X(EFFECT, "headline.effect")                 \
	X(EFFECT_ON, "headline.effect_on")           \
	X(EFFECT_N, "headline.effect_total")         \
	X(DECIDED, "decided.text")                   \
	X(M_DETECTION, "members.detection")          \
	X(M_TITLE, "members.title")                  \
	X(M_LEVEL, "members.level")                  \
	X(M_TIME, "members.time")                    \
	X(M_LAST, "members.last")                    \
	X(M_COUNT, "members.count")                  \
	X(M_ON, "members.on")                        \
	X(M_ON_KIND, "members.on_kind")              \
	X(M_SUBJECT, "members.subject")              \
	X(M_ACTOR, "members.actor")                  \
	X(M_WHERE, "members.where")                  \
	X(M_JOINED_BY, "members.joined_by")          \
	X(M_WITH, "members.with")                    \
	X(M_WITH_TIME, "members.with_time")          \
	X(M_HOPS, "members.hops")                    \
	X(M_P_ID, "members.permit")                  \
	X(M_P_WHO, "members.permit_who")             \
	X(M_P_UNTIL, "members.permit_until")         \
	X(M_EXPECTED, "members.expected")            \
	X(M_BECAUSE, "members.not_expected_because") \
	X(M_TOTAL, "members_total")                  \
	X(T_ASSET, "threats.asset")                  \
	X(T_THREAT, "threats.threat")                \
	X(X_THREAT, "critical.threat")               \
	X(X_DOMAIN, "critical.domain")               \
	X(X_SIGN, "critical.sign")                   \
	X(X_ON, "critical.on")                       \
	X(X_SUBJECT, "critical.subject")             \
	X(X_WHERE, "critical.where")                 \
	X(X_ROLE, "critical.role")                   \
	X(X_REACH, "critical.reach")                 \
	X(X_TEXT, "critical.text")                   \
	X(SUPERSEDES, "supersedes")                  \
	X(INCIDENT, "incident")                      \
	X(THREAT, "threat")                          \
	X(THREAT_NAME, "threat_name")                \
	X(SERVICE, "service")                        \
	X(NEED, "need")                              \
	X(LIKELIHOOD_BY, "likelihood_by")            \
	X(LIKELIHOOD, "likelihood")                  \
	X(PRIORITY, "priority")                      \
	X(EARLIEST, "earliest")                      \
	X(EXPECTED, "expected")                      \
	X(BY_CHAIN, "by_chain.expected")             \
	X(C_NAME, "chain.asset_name")                \
	X(C_THREAT, "chain.threat_name")             \
	X(LEADS, "leads")                            \
	X(C_GROUP, "chain.group")                    \
	X(ACT, "act")                                \
	X(CAMERA, "camera")                          \
	X(FROM, "from")                              \
	X(TO, "to")                                  \
	X(RECIPIENT, "recipient")                    \
	X(RECIPIENT_NAME, "recipient_name")          \
	X(WHAT, "what")                              \
	X(TIME, "time")                              \
	X(PERSON, "person")                          \
	X(TEXT, "text")                              \
	X(TAKEN, "taken")                            \
	X(CAME, "came")                              \
	X(WENT, "went")                              \
	X(WHY, "why")

enum field {
#define X(NAME, name) F_##NAME,
	FIELDS(X)
#undef X
		F_N,
};

static const char *const field_name[F_N] = {
#define X(NAME, name) name,
	FIELDS(X)
#undef X
};

#endif
