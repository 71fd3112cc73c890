#include "cli/commands.h"
#include "cli/decide.h"

#define OPTIONS                                                                           \
	"  --state DIR   what 'ward run' keeps (then HOSPITAL may be left out)\n"         \
	"  --role ROLE   the role in which you decide, of those in people.yml; without\n" \
	"                it the first\n"                                                  \
	"  --why TEXT    the reason, for those who read on\n\n"                           \
	"INCIDENT is its id, or the first letters of it, as 'ward incident list' shows\n" \
	"them. Who you are, the kernel says (docs/decisions.md).\n\n"                     \
	"Exit: 0 done, 1 refused (told why), 2 usage, 3 could not run.\n"

/* X(ident, "name", KIND, "one line", "what it does") */
#define EACH(X)                                                                                    \
	X(confirm, "confirm", CONFIRM, "say that an incident is what it seems",                    \
		"Confirms a suspected incident: whoever was told of it is told so.\n\n")           \
	X(contain, "contain", CONTAIN, "say that an incident spreads no more",                     \
		"The incident is contained: what it costs care goes on until it is "               \
		"recovered.\n\n")                                                                  \
	X(recover, "recover", RECOVER, "say that care is back after an incident",                  \
		"Care is back: the incident costs nothing any more. A sign that comes after\n"     \
		"begins another incident, which names it.\n\n")                                    \
	X(close, "close", CLOSE, "end an incident",                                                \
		"The incident is over, and costs nothing any more. A sign that comes after\n"      \
		"begins another incident, which names it.\n\n")                                    \
	X(dismiss, "dismiss", DISMISS, "say that an incident was no attack",                       \
		"A false alarm; --why is needed. Whoever was told of it is told so. A sign that\n" \
		"comes after begins another incident, which names it.\n\n")                        \
	X(reopen, "reopen", REOPEN, "take back that an incident was ended or dismissed",           \
		"It was ended too early: it takes signs again.\n\n")                               \
	X(note, "note", NOTE, "put a remark on an incident",                                       \
		"A remark for those who read on; --why is the remark.\n\n")                        \
	X(acknowledge, "acknowledge", ACKNOWLEDGE,                                                 \
		"say that you were told of an incident, and see to it",                            \
		"Whoever was told is told that your role sees to it; who would follow is not\n"    \
		"asked any more (docs/telling.md). INCIDENT may be the id of a message.\n\n")      \
	X(on_my_way, "on-my-way", ON_MY_WAY, "say that you go where an incident is",               \
		"As acknowledge; and it is told that somebody goes there.\n\n")

#define X(ident, word, KIND, line, what)                                                       \
	static int run_##ident(const struct ward_cmd *cmd, int argc, char **argv)              \
	{                                                                                      \
		struct ward_cli_decide x = {.cmd = cmd, .kind = WARD_DECISION_##KIND};         \
		int rc = ward_cli_decide_args(&x, argc, argv);                                 \
                                                                                               \
		return rc ? rc : ward_cli_decide(&x);                                          \
	}                                                                                      \
	const struct ward_cmd ward_cmd_incident_##ident = {                                    \
		.name = "incident " word,                                                      \
		.summary = line,                                                               \
		.help = "usage: ward incident " word                                           \
			" [--state DIR] [--role ROLE] [--why TEXT] HOSPITAL INCIDENT\n\n" what \
				OPTIONS,                                                       \
		.run = run_##ident,                                                            \
	};
EACH(X)
#undef X
