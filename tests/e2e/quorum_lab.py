"""Three PostgreSQL servers, each in a network namespace of its own, of which one leads and two follow it; and what
is done with them by hand: how one that is gone is replaced. For tests and measurements of the journal on a database."""
import os, re, shutil, signal, subprocess, sys, tempfile

from quorum_machine import Failed, Machine, Net, certify, enter, sh, until  # noqa: F401

AT = {"a": "10.78.0.1", "b": "10.78.0.2", "c": "10.78.0.3"}
PORT = 5432


def programs():
    """The folder of the newest server that is installed."""
    found = [os.path.join("/usr/lib/postgresql", v, "bin") for v in
             sorted(os.listdir("/usr/lib/postgresql"), key=int)] if os.path.isdir("/usr/lib/postgresql") else []
    if not found:
        print("skipped: no PostgreSQL server (package postgresql-15)")
        sys.exit(77)
    return found[-1]


class Node(Machine):
    """A machine with its server."""

    def __init__(self, lab, name, bytes_max, power):
        super().__init__(lab.net, name, AT[name], bytes_max, power)
        self.lab, self.data, self.conf = lab, os.path.join(self.disk, "data"), os.path.join(lab.dir, name + ".conf")

    def serve(self, *args):
        return self.within() + [os.path.join(self.lab.bin, args[0])] + list(args[1:])

    def configure(self, follows=None, **more):
        others = [n for n in self.lab.names if n != self.name]
        said = {
            "data_directory": self.data, "hba_file": os.path.join(self.lab.dir, "hba"), "ident_file": os.path.join(self.lab.dir, "ident"),
            "listen_addresses": self.at, "port": PORT, "unix_socket_directories": self.disk, "cluster_name": self.name,
            "synchronous_standby_names": "ANY %d (%s)" % (len(others) // 2 or 1, ", ".join(others)) if others else "",
            "synchronous_commit": "remote_apply", "shared_buffers": "16MB", "max_wal_size": "32MB", "min_wal_size": "4MB",
            "wal_keep_size": "16MB", "wal_receiver_timeout": "3s", "wal_sender_timeout": "3s", "wal_retrieve_retry_interval": "100ms",
            "wal_receiver_status_interval": "1s", "autovacuum": "off", "max_connections": 20, "huge_pages": "off",
            "dynamic_shared_memory_type": "posix", "log_line_prefix": "%m ", "log_min_messages": "warning",
            "primary_conninfo": "host=%s port=%d user=postgres application_name=%s connect_timeout=2" % (AT[follows], PORT, self.name)
            if follows else "",
        }
        if self.lab.tls:
            said.update(ssl="on", ssl_cert_file=os.path.join(self.lab.dir, "tls-%s.pem" % self.name),
                        ssl_key_file=os.path.join(self.lab.dir, "tls-%s.key" % self.name))
        said.update(self.lab.more)
        said.update(more)
        with open(self.conf + ".new", "w") as f:
            f.write("".join("%s = '%s'\n" % kv for kv in said.items()))
        os.chmod(self.conf + ".new", 0o644)
        os.rename(self.conf + ".new", self.conf)

    def clock(self, offset):
        """Seconds by which its clocks of the day are wrong from now on (libfaketime; the monotonic ones go on)."""
        with open(self.conf + ".time.new", "w") as f:
            f.write("%+d\n" % offset)
        os.chmod(self.conf + ".time.new", 0o644)
        os.rename(self.conf + ".time.new", self.conf + ".time")

    def start(self):
        if self.lab.faketime and not os.path.exists(self.conf + ".time"):
            self.clock(0)
        clock = ["env", "LD_PRELOAD=" + self.lab.faketime, "FAKETIME_TIMESTAMP_FILE=" + self.conf + ".time",
                 "FAKETIME_DONT_FAKE_MONOTONIC=1", "FAKETIME_CACHE_DURATION=1"] if self.lab.faketime else []
        self.log = open(os.path.join(self.lab.dir, "log-" + self.name), "ab")
        self.process = subprocess.Popen(self.within() + clock + [os.path.join(self.lab.bin, "postgres"), "-c",
                                        "config_file=" + self.conf], stdout=self.log, stderr=self.log, start_new_session=True)

    def reload(self):
        with open(os.path.join(self.data, "postmaster.pid")) as f:
            pid = int(f.readline())
        for p in self.pids():  # by the number that it has here, if it is in a namespace of users alone
            if p == pid:
                os.kill(p, signal.SIGHUP)

    def sql(self, text, database="ward", limit=20):
        """By its own socket, as its operator; None when it does not answer."""
        try:
            r = subprocess.run(self.serve("psql", "-h", self.disk, "-p", str(PORT), "-U", "postgres", "-AtqX", "-v",
                               "ON_ERROR_STOP=1", "-d", database, "-c", text), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               text=True, timeout=limit)
        except subprocess.TimeoutExpired:
            return None
        return r.stdout.strip() if r.returncode == 0 else None

    def copies(self, leader):
        shutil.rmtree(self.data, ignore_errors=True)
        with open(os.path.join(self.lab.dir, "log-" + self.name), "ab") as log:
            return subprocess.run(self.serve("pg_basebackup", "-h", leader.at, "-p", str(PORT), "-U", "postgres", "-D", self.data,
                                  "-X", "stream", "-c", "fast", "--no-sync"), stdout=log, stderr=log).returncode == 0

    def begin_from(self, leader):
        """A server that was gone begins anew as a copy of who leads."""
        self.kill()
        self.configure(follows=leader.name)
        until("a copy for " + self.name, lambda: self.copies(leader))  # a wire that was cut takes its time
        with open(os.path.join(self.data, "standby.signal"), "w"):
            pass
        if os.geteuid() == 0:
            shutil.chown(os.path.join(self.data, "standby.signal"), self.lab.uid, self.lab.uid)
        sh("sync", "-f", self.disk)  # a copy that is not on the disk is none
        self.start()

    def follows(self):
        return self.sql("SELECT count(*) FROM pg_stat_wal_receiver WHERE status = 'streaming'") == "1"


def faketime():
    """The library by which a server's clock jumps (package libfaketime)."""
    found = [os.path.join(d, "faketime", "libfaketime.so.1") for d in
             ["/usr/lib"] + [os.path.join("/usr/lib", n) for n in os.listdir("/usr/lib") if n.endswith("-linux-gnu")]]
    return next((f for f in found if os.path.exists(f)), None)


class Lab:
    """power: disks are such that machines can lose their power, and keep what was synced (quorum_machine.py)."""

    def __init__(self, names="abc", tls=False, bytes_max=192 << 20, clocks=False, power=False, **more):
        self.faketime = faketime() if clocks else None
        self.more = more  # settings of all servers
        self.names, self.tls, self.bin = names, tls, programs()
        self.dir = tempfile.mkdtemp(prefix="quorum-")
        os.chmod(self.dir, 0o777)
        if self.faketime:  # which keeps what its processes share there
            sh("mount", "-t", "tmpfs", "-o", "mode=1777", "ward-quorum", "/dev/shm")
        self.net = Net(self.dir, "10.78.0")
        self.bridge, self.user, self.uid = self.net.bridge, self.net.user, self.net.uid
        with open(os.path.join(self.dir, "hba"), "w") as f:
            f.write("local all all trust\nhost replication postgres 10.78.0.0/24 trust\n"
                    + ("hostssl all ward 10.78.0.0/24 scram-sha-256\nhost all postgres 10.78.0.0/24 trust\n" if tls else
                       "host all all 10.78.0.0/24 trust\n"))
        with open(os.path.join(self.dir, "ident"), "w"):
            pass
        self.nodes = {n: Node(self, n, bytes_max, power) for n in names}
        if tls:
            certify(self.net, {n: AT[n] for n in names})
        self.leader = self.nodes[names[0]]

    def begin(self):
        a = self.leader
        sh(*a.serve("initdb", "-D", a.data, "-U", "postgres", "-A", "trust", "--wal-segsize=1", "-N", "--no-locale", "-E", "UTF8"))
        sh("sync", "-f", a.disk)
        a.configure(synchronous_standby_names="")
        a.start()
        until("the first server", lambda: a.sql("SELECT 1", "postgres") == "1")
        a.sql("CREATE ROLE ward LOGIN PASSWORD 'a-secret-of-some-length'", "postgres")
        a.sql("CREATE DATABASE ward OWNER ward", "postgres")
        for n in self.names[1:]:
            self.nodes[n].begin_from(a)
        for n in self.names[1:]:
            until(n + " follows", self.nodes[n].follows)
        if len(self.names) > 1:
            a.configure()
            self.reload(a, "synchronous_standby_names", "ANY")

    def reload(self, node, name, begins):
        """Its configuration counts once a session sees it."""
        node.sql("SELECT pg_reload_conf()", "postgres")
        until("%s is %s" % (name, begins), lambda: (node.sql("SHOW " + name, "postgres") or "?").startswith(begins))

    def uri(self):
        return "postgresql://ward@%s/ward" % ",".join(AT[n] for n in self.names)

    def take_over(self):
        """What an operator does when the leader is gone, or is to be: a majority stops following it, so that it can't
        acknowledge any more; the one of them that has most leads; the other follows that one."""
        old = self.leader
        rest = [n for n in self.nodes.values() if n is not old]
        for n in rest:
            n.configure()
            n.sql("SELECT pg_reload_conf()", "postgres")
        for n in rest:
            until(n.name + " follows nobody", lambda n=n: n.sql("SELECT count(*) FROM pg_stat_wal_receiver", "postgres") == "0")
        has = {n.name: int(n.sql("SELECT pg_last_wal_receive_lsn() - '0/0'::pg_lsn", "postgres")) for n in rest}
        new = self.nodes[max(has, key=has.get)]
        if new.sql("SELECT pg_promote(true, 60)", "postgres", 70) != "t":
            raise Failed(new.name + " does not lead")
        self.leader = new
        for n in rest:
            if n is not new:
                n.configure(follows=new.name)
                n.sql("SELECT pg_reload_conf()", "postgres")
        return old

    def close(self):
        for n in self.nodes.values():
            n.close()
        self.net.close()
        shutil.rmtree(self.dir, ignore_errors=True)


class Driver:
    """One that appends: tests/e2e/quorum_drive.c."""

    def __init__(self, program, *args):
        self.p = subprocess.Popen([program] + list(args), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def say(self, line):
        self.p.stdin.write(line + "\n")
        self.p.stdin.flush()
        rows = []
        while True:
            got = self.p.stdout.readline()
            if not got:
                raise Failed("the driver is gone")
            words = got.split()
            if words[0] != "r":
                return words, rows
            rows.append((int(words[1]), int(words[2]), int(words[3]), words[5] if len(words) > 5 else ""))

    def close(self):
        self.p.stdin.close()
        self.p.wait()
