#include "cli/decide.h"

#include "cli/kept.h"
#include "cli/stored.h"
#include "model/model.h"
#include "run/door.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { BEGIN_MIN = 4 };

static const int looks_max = 40;
static const long look_every = 100 * 1000 * 1000;

int ward_cli_decide_args(struct ward_cli_decide *x, int argc, char **argv)
{
	const struct {
		const char *name;
		const char **to;
	} opt[] = {{"--state", &x->state_option}, {"--role", &x->role}, {"--why", &x->text}};
	const char *word[2] = {NULL, NULL};
	size_t n = 0;

	for (int i = 1; i < argc; i++) {
		size_t k = 0;

		while (k < WARD_ARRAY_LEN(opt) && strcmp(argv[i], opt[k].name) != 0)
			k++;
		if (k < WARD_ARRAY_LEN(opt)) {
			if (i + 1 == argc || !argv[i + 1][0])
				return ward_cli_usage(x->cmd, "%s needs a value", argv[i]);
			*opt[k].to = argv[++i];
		} else if (argv[i][0] == '-') {
			return ward_cli_usage(x->cmd, "'%s' is not an option", argv[i]);
		} else if (n == WARD_ARRAY_LEN(word)) {
			return ward_cli_usage(x->cmd,
				"'%s' is one word too many; quote the text "
				"of --why",
				argv[i]);
		} else {
			word[n++] = argv[i];
		}
	}
	x->subject = n == 2 ? word[1] : word[0];
	x->dir = n == 2 ? word[0] : NULL;
	return n && (n == 2 || x->state_option)
		       ? WARD_EXIT_DONE
		       : ward_cli_usage(x->cmd, "give the hospital directory, or --state DIR, and "
						"what it is about");
}

/* The folder of what is kept; the hospital's id is in its directory. */
int ward_cli_decide_state(
	const struct ward_cmd *cmd, const char *dir, const char *option, char state[PATH_MAX])
{
	const char *content = dir ? ward_cli_content(cmd, NULL) : NULL;
	struct ward_model *m = NULL;
	struct ward_limits lim;
	struct ward_diag diag;
	int rc;

	if (option || !dir)
		return ward_cli_state(cmd, option, WARD_STR(""), state);
	if (!content)
		return WARD_EXIT_RUN;
	ward_limits_default(&lim);
	ward_diag_init(&diag, ward_mem_heap());
	enum ward_err err = ward_model_load(dir, content, &lim, ward_mem_heap(), &diag, &m);

	if (m)
		rc = ward_cli_state(cmd, NULL, ward_model_hospital(m)->id, state);
	else
		rc = ward_cli_fail(cmd, "cannot read '%s': %s; 'ward check %s' says more", dir,
			ward_err_text(err), dir);
	ward_model_free(m);
	ward_diag_fini(&diag);
	return rc;
}

struct begin {
	struct ward_str text;
	struct ward_id id;
	bool found, twice;
};

static void on_incident(void *ctx, const struct ward_store_row *row)
{
	struct begin *b = ctx;
	char text[WARD_ID_TEXT];

	ward_id_text(row->id, text);
	if (row->kind != WARD_ROW_INCIDENT || !ward_str_starts(ward_str_z(text), b->text))
		return;
	b->twice |= b->found && !ward_id_eq(b->id, row->id);
	b->found = true;
	b->id = row->id;
}

int ward_cli_decide_incident(
	const struct ward_cmd *cmd, const char *state, const char *text, char ret[WARD_ID_TEXT])
{
	struct begin b = {.text = ward_str_z(text)};
	struct ward_cli_kept kept = {.found = false};

	if (ward_id_parse(b.text, &b.id)) {
		ward_id_text(b.id, ret);
		return WARD_EXIT_DONE;
	}
	if (b.text.len < BEGIN_MIN)
		return ward_cli_usage(
			cmd, "'%s' is no incident's id, nor its first %d letters", text, BEGIN_MIN);
	int rc = ward_cli_kept(cmd, state, WARD_STR(""), on_incident, &b, &kept);

	if (rc)
		return rc;
	if (!b.found || b.twice) {
		fprintf(stderr,
			"ward %s: %s incident begins with '%s'; 'ward incident list' shows "
			"them\n",
			cmd->name, b.twice ? "more than one" : "no", text);
		return WARD_EXIT_INPUT;
	}
	ward_id_text(b.id, ret);
	return WARD_EXIT_DONE;
}

struct look {
	struct ward_id id;
	bool seen, void_;
};

static void on_decision(void *ctx, const struct ward_store_row *row)
{
	struct look *l = ctx;

	if (row->kind != WARD_ROW_DECISION || !ward_id_eq(row->id, l->id))
		return;
	l->seen = true;
	l->void_ = ward_str_find(row->json, WARD_STR("\"taken\":false")) != SIZE_MAX;
}

/* {"decision":"ID"} of the desk; none: no row has it. */
static struct ward_id recorded_as(struct ward_str json)
{
	const struct ward_str before = WARD_STR("{\"decision\":\"");
	struct ward_id id = {{0}};

	if (ward_str_starts(json, before))
		(void)ward_id_parse(ward_str_sub(json, before.len, WARD_ID_TEXT - 1), &id);
	return id;
}

/* It is recorded; whether the incident could become that, the brain says a moment later. Who may
 * not read the store isn't told. */
static int follow(struct ward_cli_decide *x, struct ward_id id)
{
	struct look l = {.id = id};
	const struct timespec pause = {0, look_every};
	int fd;

	for (int i = 0; i < looks_max && !l.seen; i++) {
		(void)nanosleep(&pause, NULL);
		if (ward_door_connect(x->state, &fd) != WARD_OK)
			break;
		enum ward_err err = ward_door_rows(fd, on_decision, &l);

		(void)close(fd);
		if (err)
			break;
	}
	if (l.void_) {
		fprintf(stderr,
			"ward %s: it is on record, and changes nothing: no such incident is known "
			"any more, or it can't become that from what it is;\n"
			"    'ward incident show' says what it is\n",
			x->cmd->name);
		return WARD_EXIT_INPUT;
	}
	puts(l.seen ? "recorded, and taken" : "recorded");
	return WARD_EXIT_DONE;
}

static void say_photo(const struct ward_cli_decide *x)
{
	const struct ward_desk_photo *p = x->photo;
	char id[WARD_ID_TEXT];

	ward_id_text(p->id, id);
	if (!p->kept)
		fprintf(stderr, "ward %s: the report is on record, the photo is NOT kept: %s\n",
			x->cmd->name, p->why);
	else
		printf("photo %s is kept, %s\n", id,
			p->n_show ? "all blurred but what you show"
				  : "all of it blurred: --show names what is to be seen");
}

int ward_cli_desk_fail(const struct ward_cmd *cmd, const char *state, enum ward_err err)
{
	if (err == WARD_ERR_NOT_FOUND)
		return ward_cli_fail(cmd,
			"no 'ward run' listens in '%s': start it, or name its state folder", state);
	if (err == WARD_ERR_DENIED)
		return ward_cli_fail(cmd,
			"this user may not reach '%s/desk': be in the group of that folder, and in "
			"the hospital's people.yml (docs/decisions.md)",
			state);
	if (err == WARD_ERR_CLOSED)
		return ward_cli_fail(cmd,
			"the desk in '%s' has closed before it answered: Ward ends, or too many "
			"ask "
			"at once; ask again",
			state);
	return ward_cli_fail(cmd, "the desk in '%s': %s", state, ward_err_text(err));
}

static int say(struct ward_cli_decide *x, const char *subject)
{
	struct ward_decision d = {.kind = x->kind,
		.person = WARD_STR(WARD_DESK_WHOEVER),
		.role = ward_str_z(x->role ? x->role : WARD_DESK_WHOEVER),
		.subject = ward_str_z(subject),
		.text = ward_str_z(x->text ? x->text : ""),
		.args = ward_str_z(x->args ? x->args : "")};
	struct ward_desk_client *c = NULL;
	struct ward_decided said;
	enum ward_err err = ward_desk_say(x->state, &d, &c, &said);
	int rc;

	if (err)
		return ward_cli_desk_fail(x->cmd, x->state, err);
	if (said.err) {
		fprintf(stderr, "ward %s: %.*s\n", x->cmd->name, WARD_STR_ARG(said.why));
		rc = said.err == WARD_ERR_AGAIN || said.err == WARD_ERR_FULL ? WARD_EXIT_RUN
									     : WARD_EXIT_INPUT;
	} else if (ward_decision_to(x->kind) == WARD_DECISION_BRAIN) {
		struct ward_id id = recorded_as(said.json);

		if (x->photo) {
			ward_desk_hand_in(c, &d, x->photo);
			say_photo(x);
		}
		rc = follow(x, id);
	} else {
		puts("taken");
		rc = WARD_EXIT_DONE;
	}
	ward_desk_client_free(c);
	return rc;
}

void ward_cli_decide_drill(
	const struct ward_cmd *cmd, const char *state, const char *of, const char *text)
{
	struct ward_desk_client *c = NULL;
	struct ward_decided did = {.err = WARD_OK};
	struct ward_decision d = {.kind = WARD_DECISION_DRILL,
		.person = WARD_STR(WARD_DESK_WHOEVER),
		.role = WARD_STR(WARD_DESK_WHOEVER),
		.subject = ward_str_z(of),
		.text = ward_str_z(text)};
	enum ward_err err = ward_desk_say(state, &d, &c, &did);

	if (!err && !did.err)
		(void)fprintf(stderr, "ward %s: it is on record, as '%s'\n", cmd->name, of);
	ward_desk_client_free(c);
}

int ward_cli_decide(struct ward_cli_decide *x)
{
	bool incident = ward_decision_to(x->kind) != WARD_DECISION_BRAIN ||
			ward_decision_about(x->kind) == WARD_ABOUT_INCIDENT;
	char id[WARD_ID_TEXT];
	int rc = ward_cli_decide_state(x->cmd, x->dir, x->state_option, x->state);

	if (!rc && x->text && strlen(x->text) > WARD_DECISION_TEXT)
		rc = ward_cli_usage(
			x->cmd, "--why is longer than %d bytes", (int)WARD_DECISION_TEXT);
	if (!rc && (strlen(x->subject) > WARD_DECISION_SUBJECT ||
			   (x->role && strlen(x->role) > WARD_DECISION_SUBJECT)))
		rc = ward_cli_usage(
			x->cmd, "an id is longer than %d bytes", (int)WARD_DECISION_SUBJECT);
	if (!rc && incident)
		rc = ward_cli_decide_incident(x->cmd, x->state, x->subject, id);
	return rc ? rc : say(x, incident ? id : x->subject);
}
