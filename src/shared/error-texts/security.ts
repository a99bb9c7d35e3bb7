/** Errors of encryption, of backups and of restoring them. */
import { type ErrorTexts, NOTHING } from './phrases.ts';

const ALL = { en: 'Everything is still there.', vi: 'Mọi dữ liệu vẫn còn.' } as const;
const PLAN = { en: 'The backups are planned as before.', vi: 'Kế hoạch sao lưu vẫn như trước.' } as const;
const BACKUPS = {
  en: 'The data, and every backup that was made.',
  vi: 'Dữ liệu và mọi bản sao lưu đã tạo vẫn còn.',
} as const;

export const SECURITY = {
  'not-encrypted': {
    en: {
      happened: 'The data are not encrypted: whoever takes this machine can read them.',
      kept: 'Everything works as it should.',
      todo: 'Turn encryption on under Security or with "lintel encrypt on", or use an encrypted disk.',
    },
    vi: {
      happened: 'Dữ liệu chưa được mã hóa: ai lấy máy này đều đọc được.',
      kept: 'Mọi thứ vẫn hoạt động bình thường.',
      todo: 'Hãy bật mã hóa trong mục Bảo mật hoặc bằng "lintel encrypt on", hoặc dùng ổ đĩa có mã hóa.',
    },
  },
  'encryption-on': {
    en: { happened: 'Encryption is on already.', kept: NOTHING.en },
    vi: { happened: 'Mã hóa đã được bật rồi.', kept: NOTHING.vi },
  },
  'encryption-off': {
    en: { happened: 'Encryption is not on.', kept: NOTHING.en },
    vi: { happened: 'Mã hóa chưa được bật.', kept: NOTHING.vi },
  },
  'passphrase-short': {
    en: {
      happened: 'A passphrase needs at least {least} characters.',
      kept: NOTHING.en,
      todo: 'Take four or more words that nobody would guess.',
    },
    vi: {
      happened: 'Mật khẩu cần ít nhất {least} ký tự.',
      kept: NOTHING.vi,
      todo: 'Hãy dùng bốn từ trở lên mà không ai đoán được.',
    },
  },
  'passphrase-encoding': {
    en: {
      happened: 'The file with the passphrase is not plain UTF-8 text: what stands in it is not what you would type.',
      kept: NOTHING.en,
      todo: 'Save it again as plain text, UTF-8 without a byte order mark (BOM).',
    },
    vi: {
      happened: 'Tệp chứa mật khẩu không phải là văn bản UTF-8: nội dung của nó không giống như khi bạn gõ.',
      kept: NOTHING.vi,
      todo: 'Hãy lưu lại tệp dưới dạng văn bản thuần, UTF-8 không có BOM.',
    },
  },
  'passphrase-wrong': {
    en: {
      happened: 'That passphrase does not open the encrypted data.',
      kept: NOTHING.en,
      todo: 'Look at capitals and spaces, and try again. A passphrase that is lost can not be recovered: then only a backup helps.',
    },
    vi: {
      happened: 'Mật khẩu này không mở được dữ liệu mã hóa.',
      kept: NOTHING.vi,
      todo: 'Hãy xem lại chữ hoa và dấu cách rồi thử lại. Mật khẩu đã mất thì không lấy lại được: khi đó chỉ còn cách dùng bản sao lưu.',
    },
  },
  'passphrase-wrong.key': {
    en: {
      happened: 'This key does not open the encrypted data.',
      kept: NOTHING.en,
      todo: 'Give the key that was in use when encryption was turned on or last changed.',
    },
    vi: {
      happened: 'Khóa này không mở được dữ liệu mã hóa.',
      kept: NOTHING.vi,
      todo: 'Hãy đưa khóa đã dùng khi bật mã hóa hoặc khi thay đổi lần cuối.',
    },
  },
  'vault-locked': {
    en: { happened: 'The data in this folder is encrypted.', kept: NOTHING.en, todo: '{method:opens}' },
    vi: { happened: 'Dữ liệu trong thư mục này được mã hóa.', kept: NOTHING.vi, todo: '{method:opens}' },
  },
  'vault-locked.screen': {
    en: {
      happened: 'The data are encrypted, and nobody has given the passphrase yet.',
      kept: ALL.en,
      todo: 'Give the passphrase.',
    },
    vi: { happened: 'Dữ liệu được mã hóa và chưa ai nhập mật khẩu.', kept: ALL.vi, todo: 'Hãy nhập mật khẩu.' },
  },
  'vault-locked.closed': {
    en: {
      happened: 'The data are encrypted, and the kiosk has been closed.',
      kept: 'Everything in the data folder.',
      todo: 'Open the kiosk again.',
    },
    vi: {
      happened: 'Dữ liệu được mã hóa và máy đã đóng.',
      kept: 'Mọi dữ liệu trong thư mục dữ liệu vẫn còn.',
      todo: 'Hãy mở lại máy.',
    },
  },
  'vault-locked.key-store': {
    en: {
      happened: "The system's key store does not give the key to the encrypted data.",
      kept: NOTHING.en,
      todo: 'Log in as the user who turned encryption on, unlock the key store, then start Lintel again.',
    },
    vi: {
      happened: 'Kho khóa của hệ thống không đưa khóa mở dữ liệu mã hóa.',
      kept: NOTHING.vi,
      todo: 'Hãy đăng nhập bằng tài khoản đã bật mã hóa, mở kho khóa rồi khởi động lại Lintel.',
    },
  },
  'vault-locked.key-file': {
    en: {
      happened: '{why:keyFile}',
      kept: NOTHING.en,
      todo: 'Give a file that belongs to this user and that only this user may read.',
    },
    vi: {
      happened: '{why:keyFile}',
      kept: NOTHING.vi,
      todo: 'Hãy đưa một tệp thuộc về người dùng này và chỉ người dùng này đọc được.',
    },
  },
  'vault-locked.give-key-file': {
    en: {
      happened: 'The data in this folder is encrypted, and a key file opens it.',
      kept: NOTHING.en,
      todo: 'Give it with --key-file FILE, or in LINTEL_KEY_FILE.',
    },
    vi: {
      happened: 'Dữ liệu trong thư mục này được mã hóa và mở bằng tệp khóa.',
      kept: NOTHING.vi,
      todo: 'Hãy đưa tệp khóa bằng --key-file TỆP, hoặc trong LINTEL_KEY_FILE.',
    },
  },
  'vault-locked.give-passphrase': {
    en: {
      happened: 'The data in this folder is encrypted, and a passphrase opens it.',
      kept: NOTHING.en,
      todo: 'Give it with --passphrase-file FILE, or in LINTEL_PASSPHRASE_FILE.',
    },
    vi: {
      happened: 'Dữ liệu trong thư mục này được mã hóa và mở bằng mật khẩu.',
      kept: NOTHING.vi,
      todo: 'Hãy đưa mật khẩu bằng --passphrase-file TỆP, hoặc trong LINTEL_PASSPHRASE_FILE.',
    },
  },
  'vault-broken.other-key': {
    en: {
      happened: '{file} is encrypted with a key that is not in vault.json.',
      kept: NOTHING.en,
      todo: 'Put back the vault.json that belongs to these files, or restore a backup.',
    },
    vi: {
      happened: '{file} được mã hóa bằng khóa không có trong vault.json.',
      kept: NOTHING.vi,
      todo: 'Hãy đặt lại vault.json thuộc về các tệp này, hoặc khôi phục một bản sao lưu.',
    },
  },
  'vault-broken.no-key': {
    en: {
      happened: '{file} is encrypted, but vault.json does not hold its key.',
      kept: NOTHING.en,
      todo: 'Put vault.json back into the data folder. Without it the data can not be read by anybody; then restore a backup into an empty folder.',
    },
    vi: {
      happened: '{file} được mã hóa nhưng vault.json không có khóa của nó.',
      kept: NOTHING.vi,
      todo: 'Hãy đặt lại vault.json vào thư mục dữ liệu. Không có nó thì không ai đọc được dữ liệu; khi đó hãy khôi phục bản sao lưu vào một thư mục trống.',
    },
  },
  'vault-broken.file': {
    en: {
      happened: '{file} can not be rewritten: it is {why:unreadable}.',
      kept: 'This file was not touched, and every other can be read as before.',
      todo: 'Put a good copy of {file} in its place, or move it out of the data folder, then start Lintel again: it goes on from here.',
    },
    vi: {
      happened: 'Không ghi lại được {file}: tệp này {why:unreadable}.',
      kept: 'Tệp này không bị động đến, và mọi tệp khác vẫn đọc được như trước.',
      todo: 'Hãy đặt một bản tốt của {file} vào chỗ đó, hoặc chuyển nó ra khỏi thư mục dữ liệu, rồi khởi động lại Lintel: công việc sẽ tiếp tục từ đây.',
    },
  },
  'vault-broken.interrupted': {
    en: {
      happened: 'Encrypting or decrypting the data was interrupted.',
      kept: ALL.en,
      todo: 'Start Lintel again: it goes on where it stopped.',
    },
    vi: {
      happened: 'Việc mã hóa hoặc giải mã dữ liệu đã bị gián đoạn.',
      kept: ALL.vi,
      todo: 'Hãy khởi động lại Lintel: công việc sẽ tiếp tục từ chỗ đã dừng.',
    },
  },
  'vault-broken.plain': {
    en: {
      happened: 'The data folder is not encrypted, though this installation demands it.',
      kept: NOTHING.en,
      todo: 'Look who changed the data folder. To encrypt it, run "lintel encrypt on".',
    },
    vi: {
      happened: 'Thư mục dữ liệu chưa được mã hóa, dù bản cài đặt này yêu cầu.',
      kept: NOTHING.vi,
      todo: 'Hãy xem ai đã thay đổi thư mục dữ liệu. Để mã hóa, hãy chạy "lintel encrypt on".',
    },
  },
  'key-file-exists': {
    en: {
      happened: 'There is a file of that name already.',
      kept: NOTHING.en,
      todo: 'Choose another place for the key file.',
    },
    vi: { happened: 'Đã có tệp mang tên đó.', kept: NOTHING.vi, todo: 'Hãy chọn chỗ khác cho tệp khóa.' },
  },
  'key-file-not-made': {
    en: { happened: 'The key file can not be made.', kept: NOTHING.en, todo: 'Choose another place for the key file.' },
    vi: { happened: 'Không tạo được tệp khóa.', kept: NOTHING.vi, todo: 'Hãy chọn chỗ khác cho tệp khóa.' },
  },
  'key-file-inside': {
    en: {
      happened: 'The key file lies in the data folder: whoever takes the one has the other.',
      kept: NOTHING.en,
      todo: 'Keep the key file elsewhere, best on another disk.',
    },
    vi: {
      happened: 'Tệp khóa nằm trong thư mục dữ liệu: ai lấy thư mục thì có luôn khóa.',
      kept: NOTHING.vi,
      todo: 'Hãy giữ tệp khóa ở nơi khác, tốt nhất là trên ổ đĩa khác.',
    },
  },
  'key-store-missing': {
    en: {
      happened: 'This system has no key store that keeps a secret.',
      kept: NOTHING.en,
      todo: 'Use a passphrase or a key file instead.',
    },
    vi: {
      happened: 'Hệ thống này không có kho khóa giữ được bí mật.',
      kept: NOTHING.vi,
      todo: 'Hãy dùng mật khẩu hoặc tệp khóa.',
    },
  },
  'key-store-desktop': {
    en: {
      happened: 'Only the desktop program reaches the key store of the system.',
      kept: NOTHING.en,
      todo: 'Use a passphrase instead.',
    },
    vi: {
      happened: 'Chỉ chương trình trên máy tính mới dùng được kho khóa của hệ thống.',
      kept: NOTHING.vi,
      todo: 'Hãy dùng mật khẩu.',
    },
  },

  // backups
  'backup-failed': {
    en: {
      happened: 'A backup could not be made. {reason:error}',
      kept: 'Every backup that was made before.',
      todo: 'It is tried again automatically. More is under Security, Backups.',
    },
    vi: {
      happened: 'Không tạo được bản sao lưu. {reason:error}',
      kept: 'Mọi bản sao lưu đã tạo trước đó vẫn còn.',
      todo: 'Máy sẽ tự thử lại. Xem thêm ở mục Bảo mật, phần Sao lưu.',
    },
  },
  'store-damaged.no-backup': {
    en: {
      happened: '{file} is damaged, so no backup was made.',
      kept: 'Nothing was changed, and every earlier backup is still there.',
      todo: 'Start the kiosk: it says what can be repaired.',
    },
    vi: {
      happened: '{file} bị hỏng nên không tạo được bản sao lưu.',
      kept: 'Không có gì bị thay đổi, và mọi bản sao lưu trước vẫn còn.',
      todo: 'Hãy khởi động máy: máy sẽ cho biết có thể sửa được gì.',
    },
  },
  'not-found.backup-folder': {
    en: {
      happened: 'The folder of the backups is not there.',
      kept: BACKUPS.en,
      todo: 'Plug the stick in, or choose another folder.',
    },
    vi: { happened: 'Không thấy thư mục sao lưu.', kept: BACKUPS.vi, todo: 'Hãy cắm USB vào, hoặc chọn thư mục khác.' },
  },
  'not-found.backup-folder-closed': {
    en: { happened: 'The folder of the backups can not be read.', kept: BACKUPS.en, todo: 'Check who may read it.' },
    vi: {
      happened: 'Không đọc được thư mục sao lưu.',
      kept: BACKUPS.vi,
      todo: 'Hãy kiểm tra ai được quyền đọc thư mục đó.',
    },
  },
  'store-read-only.backup-folder': {
    en: {
      happened: 'Nothing may be written into that folder.',
      kept: PLAN.en,
      todo: 'Choose another folder, or check who may write to it and whether the stick is locked.',
    },
    vi: {
      happened: 'Không được phép ghi vào thư mục đó.',
      kept: PLAN.vi,
      todo: 'Hãy chọn thư mục khác, hoặc kiểm tra quyền ghi và xem USB có bị khóa ghi không.',
    },
  },
  'backup-folder-unset': {
    en: { happened: 'No folder was chosen for backups yet.', kept: NOTHING.en, todo: 'Choose one first.' },
    vi: { happened: 'Chưa chọn thư mục sao lưu.', kept: NOTHING.vi, todo: 'Trước hết hãy chọn một thư mục.' },
  },
  'backup-folder-silent': {
    en: {
      happened: 'The backup folder does not answer.',
      kept: 'No backup was made. The data and earlier backups are as they were.',
      todo: 'Check the network or the plug of its disk, or choose another folder under Security. Lintel tries again by itself.',
    },
    vi: {
      happened: 'Thư mục sao lưu không trả lời.',
      kept: 'Chưa tạo bản sao lưu nào. Dữ liệu và các bản sao lưu trước vẫn như cũ.',
      todo: 'Hãy kiểm tra mạng hoặc dây cắm của ổ đĩa, hoặc chọn thư mục khác trong mục Bảo mật. Lintel sẽ tự thử lại.',
    },
  },
  'backup-folder-relative': {
    en: {
      happened: 'The path of the folder must be whole, from its beginning.',
      kept: PLAN.en,
      todo: 'Write it from the root of the disk.',
    },
    vi: {
      happened: 'Đường dẫn thư mục phải đầy đủ từ đầu.',
      kept: PLAN.vi,
      todo: 'Hãy viết đường dẫn từ gốc của ổ đĩa.',
    },
  },
  'backup-folder-inside': {
    en: {
      happened: 'That folder is in the data folder: whoever takes the one takes the other.',
      kept: PLAN.en,
      todo: 'Choose a stick, another disk or a folder elsewhere.',
    },
    vi: {
      happened: 'Thư mục đó nằm trong thư mục dữ liệu: mất cái này thì mất luôn cái kia.',
      kept: PLAN.vi,
      todo: 'Hãy chọn USB, ổ đĩa khác hoặc một thư mục ở nơi khác.',
    },
  },
  'backup-passphrase-unset': {
    en: {
      happened: 'A backup needs a passphrase of its own.',
      kept: PLAN.en,
      todo: 'Choose one of at least ten characters and keep it where the machine is not.',
    },
    vi: {
      happened: 'Bản sao lưu cần mật khẩu riêng.',
      kept: PLAN.vi,
      todo: 'Hãy chọn mật khẩu có ít nhất mười ký tự và cất ở nơi khác với máy.',
    },
  },
  'backup-passphrase-needed': {
    en: {
      happened: 'The passphrase of the backup is needed.',
      kept: NOTHING.en,
      todo: 'Give the passphrase in use when this backup was made.',
    },
    vi: {
      happened: 'Cần mật khẩu của bản sao lưu.',
      kept: NOTHING.vi,
      todo: 'Hãy nhập mật khẩu đã dùng khi tạo bản sao lưu này.',
    },
  },
  'backup-path-wrong': {
    en: {
      happened: 'That is neither one of the backups listed nor a whole path.',
      kept: NOTHING.en,
      todo: 'Choose one of the list, or write the path from its beginning.',
    },
    vi: {
      happened: 'Đó không phải bản sao lưu trong danh sách, cũng không phải đường dẫn đầy đủ.',
      kept: NOTHING.vi,
      todo: 'Hãy chọn trong danh sách, hoặc viết đường dẫn đầy đủ từ đầu.',
    },
  },
  'passphrase-wrong.backup': {
    en: {
      happened: 'That passphrase does not open this backup.',
      kept: NOTHING.en,
      todo: 'Try again with the passphrase in use when this backup was made. Without it the backup can not be read.',
    },
    vi: {
      happened: 'Mật khẩu này không mở được bản sao lưu.',
      kept: NOTHING.vi,
      todo: 'Hãy thử lại với mật khẩu đã dùng khi tạo bản sao lưu này. Không có nó thì không đọc được bản sao lưu.',
    },
  },
  'backup-damaged': {
    en: {
      happened: 'This backup can not be used: {why:backup}.',
      kept: NOTHING.en,
      todo: 'Copy it again from where it was made, or take another backup.',
    },
    vi: {
      happened: 'Không dùng được bản sao lưu này: {why:backup}.',
      kept: NOTHING.vi,
      todo: 'Hãy chép lại từ nơi đã tạo, hoặc dùng bản sao lưu khác.',
    },
  },
  'backup-damaged.file': {
    en: {
      happened: 'This backup can not be used: {file} in it is damaged.',
      kept: NOTHING.en,
      todo: 'Copy it again from where it was made, or take another backup.',
    },
    vi: {
      happened: 'Không dùng được bản sao lưu này: {file} trong đó bị hỏng.',
      kept: NOTHING.vi,
      todo: 'Hãy chép lại từ nơi đã tạo, hoặc dùng bản sao lưu khác.',
    },
  },
  'backup-damaged.content': {
    en: {
      happened: 'This backup can not be used: {file} in it does not hold what it should.',
      kept: NOTHING.en,
      todo: 'Copy it again from where it was made, or take another backup.',
    },
    vi: {
      happened: 'Không dùng được bản sao lưu này: nội dung của {file} trong đó không đúng.',
      kept: NOTHING.vi,
      todo: 'Hãy chép lại từ nơi đã tạo, hoặc dùng bản sao lưu khác.',
    },
  },
  'backup-damaged.line': {
    en: {
      happened: 'This backup can not be used: a line of {file} in it is damaged.',
      kept: NOTHING.en,
      todo: 'Copy it again from where it was made, or take another backup.',
    },
    vi: {
      happened: 'Không dùng được bản sao lưu này: một dòng của {file} trong đó bị hỏng.',
      kept: NOTHING.vi,
      todo: 'Hãy chép lại từ nơi đã tạo, hoặc dùng bản sao lưu khác.',
    },
  },
  'backup-newer': {
    en: {
      happened: 'This backup was made by a newer version of Lintel.',
      kept: NOTHING.en,
      todo: 'Update this Lintel, then restore it.',
    },
    vi: {
      happened: 'Bản sao lưu này được tạo bởi phiên bản Lintel mới hơn.',
      kept: NOTHING.vi,
      todo: 'Hãy cập nhật Lintel này rồi khôi phục.',
    },
  },
  'store-damaged.merge': {
    en: {
      happened: '{file} here is damaged, so a backup can not be merged with it.',
      kept: NOTHING.en,
      todo: 'Start the kiosk: it says what can be repaired. Or restore the backup in place of what is here.',
    },
    vi: {
      happened: '{file} ở đây bị hỏng nên không gộp được với bản sao lưu.',
      kept: NOTHING.vi,
      todo: 'Hãy khởi động máy: máy sẽ cho biết có thể sửa được gì. Hoặc khôi phục bản sao lưu thay cho dữ liệu ở đây.',
    },
  },
  'store-damaged.restore': {
    en: {
      happened: 'A restore was interrupted, and {file}, which says how to go on, is damaged.',
      kept: NOTHING.en,
      todo: 'Move {file} and {folder} out of the data folder, start Lintel, and restore the backup again.',
    },
    vi: {
      happened: 'Việc khôi phục đã bị gián đoạn, và {file}, nơi ghi cách tiếp tục, bị hỏng.',
      kept: NOTHING.vi,
      todo: 'Hãy chuyển {file} và {folder} ra khỏi thư mục dữ liệu, khởi động Lintel rồi khôi phục lại bản sao lưu.',
    },
  },
  'store-failed.restore': {
    en: {
      happened: 'The backup was being restored when the disk refused to write.',
      kept: 'Everything, old and new, is in the data folder.',
      todo: 'Free some space or repair the disk, then start Lintel again: it completes the restore first.',
    },
    vi: {
      happened: 'Ổ đĩa từ chối ghi khi đang khôi phục bản sao lưu.',
      kept: 'Mọi dữ liệu, cũ và mới, đều nằm trong thư mục dữ liệu.',
      todo: 'Hãy giải phóng dung lượng hoặc sửa ổ đĩa, rồi khởi động lại Lintel: máy sẽ hoàn tất việc khôi phục trước.',
    },
  },
} as const satisfies ErrorTexts;
