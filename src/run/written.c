#include "run/written.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>

enum { EVENT_BYTES_MAX = 64 << 10 };

bool ward_written_changed(struct ward_written *w)
{
	char path[PATH_MAX];
	struct stat s;
	uint64_t print[5] = {0};
	int n = snprintf(path, sizeof(path), "%s/%s", w->dir, w->file);

	if (n > 0 && (size_t)n < sizeof(path) && stat(path, &s) == 0) {
		print[0] = s.st_dev;
		print[1] = s.st_ino;
		print[2] = (uint64_t)s.st_size;
		print[3] = (uint64_t)s.st_ctim.tv_sec;
		print[4] = (uint64_t)s.st_ctim.tv_nsec;
	}
	if (w->looked && memcmp(print, w->print, sizeof(print)) == 0)
		return false;
	memcpy(w->print, print, sizeof(print));
	w->looked = true;
	return true;
}

bool ward_written_begin(struct ward_written *w)
{
	struct ward_reporter *r = w->reporter;

	if (r->journal < 0 || !r->ready || fcntl(r->journal, F_SETFL, O_NONBLOCK) != 0)
		return false;
	ward_batch_begin(&r->batch);
	return true;
}

void ward_written_event(struct ward_written *w, struct ward_event *e)
{
	struct ward_reporter *r = w->reporter;
	ward_ns now = ward_clock_now(r->clock);

	ward_arena_reset(&r->arena);
	ward_event_init(e, &r->arena);
	e->source = ward_name(&r->names, WARD_STR("supervisor"));
	e->time = e->seen = now;
	e->id = ward_event_id(ward_str_z(w->what), (uint64_t)now, w->n_sent++, 0);
}

bool ward_written_put(struct ward_written *w, const struct ward_event *e)
{
	static uint8_t record[EVENT_BYTES_MAX];
	struct ward_reporter *r = w->reporter;
	struct ward_wr out = ward_wr_fixed(record, sizeof(record));

	ward_event_encode(e, &r->names, &out);
	if (ward_wr_bad(&out))
		return false;
	if (ward_batch_add(&r->batch, WARD_LANE_CONTROL, WARD_RECORD_EVENT, ward_wr_slice(&out)))
		return true;
	if (!ward_written_flush(w))
		return false;
	ward_batch_begin(&r->batch);
	return ward_batch_add(&r->batch, WARD_LANE_CONTROL, WARD_RECORD_EVENT, ward_wr_slice(&out));
}

bool ward_written_flush(struct ward_written *w)
{
	struct ward_reporter *r = w->reporter;

	return r->batch.n == 0 ||
	       ward_msg_send(r->journal, WARD_MSG_APPEND, WARD_REPORT_PERMIT | r->n_told++,
		       ward_batch_body(&r->batch)) == WARD_OK;
}

void ward_written_refused(const struct ward_written *w, const char *name, struct ward_diag *d)
{
	ward_diag_sort(d);
	for (size_t i = 0; i < d->n; i++)
		if (d->item[i].level == WARD_DIAG_ERROR)
			WARD_LOG(w->reporter->log, ERROR, name, WARD_KV_S("file", d->item[i].file),
				WARD_KV_U("line", d->item[i].line),
				WARD_KV_S("what", d->item[i].what),
				WARD_KV_S("mend", d->item[i].mend));
}
