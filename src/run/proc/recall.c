/* Reads what the journal still has of an incident or a camera, for who looks at it in the console.
 * One question after the other, which comes from `api` and is an outside text. It may read the
 * journal's folder and nothing else of the machine, write its own (indexes of segments), and has
 * one link; what it reads was written by outsiders. */
#include "recall/recall.h"
#include "run/process.h"

#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

enum { WAIT_MS = 1000 };

struct recaller {
	struct ward_process p;
	struct ward_limits lim;
	struct ward_model *model;
	struct ward_io_dir journal, index;
	struct ward_recall *r;
	int api;
	uint8_t buf[WARD_MSG_MAX];
	uint8_t out[WARD_MSG_BODY_MAX];
};

static const char *setting(struct recaller *k, const char *key)
{
	const char *v = ward_process_setting(&k->p, key);

	if (!v)
		ward_process_die(&k->p, key, WARD_ERR_CONFIG);
	return v;
}

static void know(struct recaller *k)
{
	struct ward_diag d;

	ward_process_limits(&k->p, &k->lim);
	ward_diag_init(&d, ward_mem_heap());
	enum ward_err err = ward_model_load(setting(k, "hospital"), setting(k, "content"), &k->lim,
		ward_mem_heap(), &d, &k->model);

	ward_diag_fini(&d);
	if (err)
		ward_process_die(&k->p, "the hospital", err);
}

/* The journal is another's, and may not be there yet when this begins. */
static void open_folders(struct recaller *k)
{
	enum ward_err err = ward_io_dir_open(&k->journal, setting(k, "journal"), false, false);

	if (!err)
		err = ward_io_dir_open(&k->index, setting(k, "dir"), true, false);
	if (err)
		ward_process_die(&k->p, "the journal's folder", err);
	const struct ward_recall_opts o = {.model = k->model,
		.lim = &k->lim,
		.mem = ward_mem_heap(),
		.journal = &k->journal.io,
		.index = &k->index.io,
		.who = (uint32_t)getpid()};

	err = ward_recall_new(&o, &k->r);
	if (err)
		ward_process_die(&k->p, "the journal", err);
}

static void answer(struct recaller *k, const struct ward_msg *m, const struct ward_recall_ask *ask)
{
	struct ward_wr w = ward_wr_fixed(k->out, sizeof(k->out));
	struct ward_reckoned said = ward_recall_answer(k->r, ask);

	ward_reckoned_put(&w, &said);
	WARD_ASSERT(!ward_wr_bad(&w));
	ward_count_name(&k->p.counters, said.err ? "recall.refused" : "recall.answered", 1);
	enum ward_err err = ward_msg_send(k->api, WARD_MSG_RECKONED, m->id, ward_wr_slice(&w));

	if (err && err != WARD_ERR_AGAIN)
		ward_process_die(&k->p, "the link with api", err);
}

static void hear(struct recaller *k)
{
	struct pollfd p = {k->api, POLLIN, 0};
	struct ward_recall_ask ask;
	struct ward_msg m;

	if (poll(&p, 1, WAIT_MS) != 1)
		return;
	enum ward_err err = ward_msg_recv(k->api, k->buf, &m);

	if (err == WARD_ERR_CLOSED)
		ward_process_die(&k->p, "the supervisor closed a link", err);
	if (!err)
		err = m.type == WARD_MSG_RECKON ? ward_recall_get(&m.body, &ask) : WARD_ERR_DENIED;
	if (err)
		ward_count_name(&k->p.counters, "recall.malformed", 1);
	else
		answer(k, &m, &ask);
}

int main(int argc, char **argv)
{
	struct recaller *k = calloc(1, sizeof(*k));

	if (!k)
		return WARD_PROCESS_DIED;
	ward_process_begin(&k->p, "recall", argc, argv);
	k->api = ward_process_need_fd(&k->p, "api");
	know(k);
	open_folders(k);
	ward_process_may_read(&k->p, setting(k, "journal"));
	ward_process_cage(&k->p, WARD_CAGE_FILES, setting(k, "dir"));
	while (!ward_process_stopping()) {
		hear(k);
		ward_process_count(&k->p);
	}
	ward_recall_free(k->r);
	ward_io_dir_close(&k->journal);
	ward_io_dir_close(&k->index);
	ward_model_free(k->model);
	int status = ward_process_end(&k->p);

	free(k);
	return status;
}
