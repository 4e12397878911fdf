# Replaces $path by what `bytes` prints, if it still holds $reviewed: POSIX sh with sha256sum, stat, sync, mv.
# Set before it: path reviewed wanted number follow mode, and the functions say, digest and bytes.

refuse() {
    [ -z "$tmp" ] || rm -f "$tmp"
    say refused "$1"
    return 1
}

# Mode, owner, ACL and SELinux label of $path for $tmp; whatever cannot be kept is a reason to refuse.
keep() {
    owner=$(stat -c %u:%g "$path") && bits=$(stat -c %a "$path") ||
        { refuse 'does not tell its mode and owner'; return 1; }
    [ "$(stat -c %u:%g "$tmp")" = "$owner" ] || chown "$owner" "$tmp" 2>/dev/null ||
        { refuse 'has an owner that cannot be kept by this user'; return 1; }
    chmod "$bits" "$tmp" || { refuse 'has a mode that cannot be kept'; return 1; }
    case $(ls -ld "$path") in ??????????+*)
        { getfacl -c "$path" | setfacl --set-file=- "$tmp"; } >/dev/null 2>&1 ||
            { refuse 'has an ACL that cannot be kept (getfacl and setfacl are needed there)'; return 1; } ;;
    esac
    [ ! -e /sys/fs/selinux/enforce ] || chcon --reference="$path" "$tmp" 2>/dev/null ||
        { refuse 'has an SELinux label that cannot be kept'; return 1; }
}

send() {
    umask 077
    tmp= doubt=
    if [ -L "$path" ]; then
        [ "$follow" = yes ] || { refuse 'is a symbolic link there, which is followed with consent only'; return 1; }
        path=$(readlink -f "$path") || { refuse 'is a link that leads nowhere'; return 1; }
    fi
    dir=${path%/*}
    find "${dir:-/}" -maxdepth 1 -type f -name '.*.trustconsole.*.tmp' -mmin +60 -exec rm -f {} \; 2>/dev/null
    [ "$(digest)" = "$reviewed" ] || { refuse 'changed while it was looked at'; return 1; }
    # noclobber: created by O_EXCL, so never through somebody else's link
    (set -C; : >"$dir/.${path##*/}.trustconsole.$number.tmp") 2>/dev/null ||
        { refuse 'cannot be replaced: no file can be made beside it by this user'; return 1; }
    tmp=$dir/.${path##*/}.trustconsole.$number.tmp
    bytes >>"$tmp" 2>/dev/null || { refuse 'cannot be written: the disk is full or broken'; return 1; }
    if [ "$reviewed" = absent ]; then
        chmod "$mode" "$tmp" || { refuse 'cannot be given its mode'; return 1; }
    else
        keep || return 1
    fi
    sync "$tmp" 2>/dev/null || { sync; doubt=1; }
    sum=$(sha256sum <"$tmp")
    [ "${sum%% *}" = "$wanted" ] || { refuse 'did not arrive whole'; return 1; }
    [ "$(digest)" = "$reviewed" ] || { refuse 'was changed by somebody else meanwhile'; return 1; }
    said=$(mv -f "$tmp" "$path" 2>&1) || { refuse "cannot be replaced: ${said##*: }"; return 1; }
    sync "${dir:-/}" 2>/dev/null || { sync; doubt=1; }
    [ -z "$doubt" ] || say doubt 'no single file can be fsynced there: that it outlasts a power loss is not confirmed'
}

send
