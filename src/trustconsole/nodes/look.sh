# One look at a node from its own side: POSIX sh with stat, sha256sum, date, tr, readlink, base64.
# Set before it: proc, and the function say. The clock is read first, then evidence, then files.

clock() {
    say clock "$(date +%s.%N 2>/dev/null)"
    say boot-id "$(cat "$proc/sys/kernel/random/boot_id" 2>/dev/null)"
    say btime "$(sed -n 's/^btime //p' "$proc/stat" 2>/dev/null)"
    say ticks "$(getconf CLK_TCK 2>/dev/null)"
}

# process PID: its line of the process table, the name in it being any bytes but a line feed
process() {
    case $1 in '' | *[!0-9]* | ???????????*) return ;; esac
    line=$(cat "$proc/$1/stat" 2>/dev/null) && say process "$1 $line"
}

# unit NAME PROPERTIES: what systemd says, and its main process
unit() {
    shown=$(TZ=UTC systemctl show --no-pager "--property=$2" -- "$1" 2>&1)
    say unit-status $?
    main=
    while IFS= read -r line; do
        say unit "$line"
        case $line in MainPID=*) main=${line#MainPID=} ;; esac
    done <<END
$shown
END
    process "$main"
}

# pid_file PATH LIMIT
pid_file() {
    if [ ! -e "$1" ]; then say pid-file 'does not exist there'; return; fi
    if [ ! -f "$1" ]; then say pid-file 'is no regular file there'; return; fi
    text=$(head -c "$2" "$1" 2>/dev/null | tr '\n\t\r\0' '    ') || text=
    [ -r "$1" ] || { say pid-file 'may not be read by this user there'; return; }
    say pid-time "$(stat -L -c %Y "$1")"
    say pid-text "$text"
    set -f
    set -- $text
    set +f
    process "$1"
}

# matching TEXT MOST: processes whose arguments, joined by spaces, hold it
matching() {
    count=0
    for entry in "$proc"/[0-9]*; do
        [ "$count" -lt "$2" ] || return
        arguments=$(tr '\0\n' '  ' <"$entry/cmdline" 2>/dev/null)
        case $arguments in *"$1"*)
            count=$((count + 1))
            say matching "${entry##*/}"
            process "${entry##*/}" ;;
        esac
    done
}

# trail PATH: the ctime of every symbolic link on the way, directories' links included, and of what they reach
trail() {
    rest=${1#/} place= links=0
    while [ -n "$rest" ]; do
        part=${rest%%/*}
        case $rest in */*) rest=${rest#*/} ;; *) rest= ;; esac
        case $part in
            '' | .) continue ;;
            ..) place=${place%/*}; continue ;;
        esac
        if [ ! -L "$place/$part" ]; then place=$place/$part; continue; fi
        links=$((links + 1))
        [ "$links" -le 40 ] || { echo looping; return; }
        stat -c '%Z %z' "$place/$part" || return
        target=$(readlink "$place/$part")
        case $target in /*) place= ;; esac
        rest=$target${rest:+/$rest}
    done
    stat -c '%Z %z' "${place:-/}"
}

# file NUMBER PATH LIMIT WORD KNOWN: trail and digest; with the word `content` the content too, where it is not
# among the KNOWN digests
file() {
    path=$2
    if [ -L "$2" ] && [ ! -e "$2" ]; then say "file-$1" 'is a link that leads nowhere there'; return; fi
    if [ ! -e "$2" ]; then say "file-$1" 'does not exist there'; return; fi
    if [ ! -f "$2" ]; then say "file-$1" 'is no regular file there'; return; fi
    size=$(stat -L -c %s "$2" 2>/dev/null)
    [ "${size:-0}" -le "$3" ] || { say "file-$1" 'is larger there than the limit for such a file'; return; }
    before=$(trail "$2" 2>/dev/null)
    found=$(digest)
    case "$4 $5 " in
        content\ *" $found "*) ;;
        content\ *) say "content-$1" "$(base64 <"$2" 2>/dev/null | tr -d '\n')" ;;
    esac
    after=$(trail "$2" 2>/dev/null)
    [ "$before" = "$after" ] || { say "file-$1" 'was changed while it was looked at'; return; }
    case $found in
        unreadable) say "file-$1" 'may not be read by this user there'; return ;;
        *[!0-9a-f]* | '') say "file-$1" 'cannot be hashed there: is sha256sum missing'; return ;;
    esac
    while IFS= read -r line; do say "ctime-$1" "$line"; done <<END
$after
END
    say "digest-$1" "$found"
}
