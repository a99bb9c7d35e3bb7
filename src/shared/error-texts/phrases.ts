/** What an error says in one language. Each part is whole sentences; `{name}` is filled from the error's parameters. */
export interface ErrorText {
  readonly happened: string;
  readonly kept?: string;
  readonly todo?: string;
}

/**
 * The texts of an error in every language. The key is the error's code; where several situations are one to a program but
 * not to a person, it is `code.variant`.
 */
export type ErrorTexts = Readonly<Record<string, { readonly en: ErrorText; readonly vi: ErrorText }>>;

/** Sentences that many errors share. */
export const NOTHING = { en: 'Nothing was changed.', vi: 'Không có gì bị thay đổi.' } as const;
export const UNWRITTEN = { en: 'Nothing was written.', vi: 'Không có gì được ghi.' } as const;
export const ENROLLED = {
  en: 'Everything enrolled is untouched.',
  vi: 'Mọi dữ liệu đăng ký vẫn nguyên vẹn.',
} as const;

/** What stands for `{name:group}` in a text: the parameter `name` is one of the group's keys. */
export const PHRASES = {
  damage: {
    missing: { en: 'missing', vi: 'bị mất' },
    empty: { en: 'empty', vi: 'trống rỗng' },
    truncated: { en: 'cut short', vi: 'bị cắt ngắn' },
    unreadable: { en: 'damaged', vi: 'bị hỏng' },
    checksum: { en: 'damaged (its checksum is wrong)', vi: 'bị hỏng (sai mã kiểm tra)' },
    shape: { en: 'damaged (it does not hold what it should)', vi: 'bị hỏng (nội dung không đúng)' },
  },
  charset: {
    western: { en: 'Western European', vi: 'Tây Âu' },
    central: { en: 'Central European', vi: 'Trung Âu' },
    cyrillic: { en: 'Cyrillic', vi: 'Kirin' },
    greek: { en: 'Greek', vi: 'Hy Lạp' },
    turkish: { en: 'Turkish', vi: 'Thổ Nhĩ Kỳ' },
    hebrew: { en: 'Hebrew', vi: 'Do Thái' },
    arabic: { en: 'Arabic', vi: 'Ả Rập' },
    baltic: { en: 'Baltic', vi: 'vùng Baltic' },
    vietnamese: { en: 'Vietnamese', vi: 'tiếng Việt' },
    thai: { en: 'Thai', vi: 'Thái' },
    japanese: { en: 'Japanese', vi: 'tiếng Nhật' },
    chinese: { en: 'Chinese', vi: 'tiếng Trung' },
    korean: { en: 'Korean', vi: 'tiếng Hàn' },
  },
  unreadable: {
    'other-key': { en: 'encrypted with another key', vi: 'được mã hóa bằng khóa khác' },
    changed: { en: 'changed since it was encrypted', vi: 'bị thay đổi sau khi mã hóa' },
    'line-other-key': {
      en: 'damaged: a line in it is encrypted with another key',
      vi: 'bị hỏng: trong đó có một dòng được mã hóa bằng khóa khác',
    },
    plain: { en: 'not encrypted, though it should be', vi: 'chưa mã hóa, dù lẽ ra phải mã hóa' },
  },
  opens: {
    passphrase: { en: 'Give the passphrase.', vi: 'Hãy nhập mật khẩu.' },
    'key-file': { en: 'Give the key file.', vi: 'Hãy đưa tệp khóa.' },
    'safe-storage': {
      en: 'Open it in the desktop program, as the user who turned encryption on.',
      vi: 'Hãy mở bằng chương trình trên máy tính, với tài khoản đã bật mã hóa.',
    },
  },
  keyFile: {
    'not-ours': { en: 'This is not a key file of Lintel.', vi: 'Đây không phải là tệp khóa của Lintel.' },
    unreadable: {
      en: 'The file of the key or passphrase can not be read.',
      vi: 'Không đọc được tệp chứa khóa hoặc mật khẩu.',
    },
    'not-plain': {
      en: 'The file of the key or passphrase is not a small plain file.',
      vi: 'Tệp chứa khóa hoặc mật khẩu không phải là một tệp nhỏ thông thường.',
    },
    'others-read': {
      en: 'Others may read the file of the key or passphrase (its mode must be 0600).',
      vi: 'Người khác đọc được tệp chứa khóa hoặc mật khẩu (quyền của tệp phải là 0600).',
    },
    'other-owner': {
      en: 'The file of the key or passphrase belongs to somebody else.',
      vi: 'Tệp chứa khóa hoặc mật khẩu thuộc về người dùng khác.',
    },
  },
  backup: {
    'no-backup': { en: 'it is no backup', vi: 'đây không phải là bản sao lưu' },
    header: { en: 'its header is unreadable', vi: 'không đọc được phần đầu' },
    end: { en: 'its end is missing or changed', vi: 'phần cuối bị thiếu hoặc bị thay đổi' },
    part: { en: 'a part of it was changed', vi: 'một phần đã bị thay đổi' },
    'unknown-file': {
      en: 'there is a file in it that this version does not know',
      vi: 'trong đó có tệp mà phiên bản này không biết',
    },
    behind: { en: 'something stands behind its end', vi: 'có dữ liệu thừa sau phần cuối' },
    disorder: { en: 'its files are in disorder', vi: 'các tệp bên trong bị lộn xộn' },
    twice: { en: 'a file is in it twice', vi: 'có một tệp nằm trong đó hai lần' },
    'not-whole': { en: 'a file in it is not whole', vi: 'có một tệp bên trong không đầy đủ' },
    list: { en: 'its files are not those of its list', vi: 'các tệp không khớp với danh sách' },
    'no-list': { en: 'its list of files is missing', vi: 'thiếu danh sách tệp' },
    'too-long': { en: 'a part of it is too long', vi: 'có một phần quá dài' },
    cut: { en: 'it is cut short', vi: 'bản sao lưu bị cắt ngắn' },
    unreadable: { en: 'a part of it is unreadable', vi: 'có một phần không đọc được' },
  },
  changed: {
    encrypted: { en: 'The data is now encrypted.', vi: 'Dữ liệu đã được mã hóa.' },
    decrypted: {
      en: 'The data is no longer encrypted: anyone who takes this computer can read it.',
      vi: 'Dữ liệu không còn được mã hóa: ai lấy máy tính này đều đọc được.',
    },
    rotated: { en: 'The data was encrypted with a new key.', vi: 'Dữ liệu đã được mã hóa bằng khóa mới.' },
    'secret-changed': {
      en: 'The passphrase or key was changed.',
      vi: 'Đã đổi mật khẩu hoặc khóa.',
    },
    restored: { en: 'The backup was restored.', vi: 'Đã khôi phục bản sao lưu.' },
  },
  pairs: {
    'no-picture': { en: 'names no picture in one of its columns', vi: 'thiếu tên ảnh trong một cột' },
    outside: { en: 'names a picture outside the images folder', vi: 'nêu một ảnh nằm ngoài thư mục ảnh' },
    quote: { en: 'has a quotation mark that is never closed', vi: 'có dấu ngoặc kép không được đóng' },
    columns: { en: 'has too few columns', vi: 'có quá ít cột' },
    decision: {
      en: 'has a decision that is neither Yes nor No',
      vi: 'có cột Decision không phải Yes cũng không phải No',
    },
    folds: {
      en: 'does not give the number of folds and of pairs, as LFW does',
      vi: 'không cho biết số phần và số cặp như LFW',
    },
    three: { en: 'should have 3 columns', vi: 'phải có 3 cột' },
    four: { en: 'should have 4 columns', vi: 'phải có 4 cột' },
    number: { en: 'has no picture number where one should be', vi: 'thiếu số thứ tự của ảnh' },
  },
  pictureKind: {
    svg: { en: 'an SVG drawing', vi: 'hình vẽ SVG' },
    pdf: { en: 'a PDF document', vi: 'tài liệu PDF' },
    postscript: { en: 'a PostScript document', vi: 'tài liệu PostScript' },
    photoshop: { en: 'a Photoshop picture', vi: 'ảnh Photoshop' },
    gimp: { en: 'a GIMP picture', vi: 'ảnh GIMP' },
    'jpeg-2000': { en: 'a JPEG 2000 picture', vi: 'ảnh JPEG 2000' },
    'jpeg-xr': { en: 'a JPEG XR picture', vi: 'ảnh JPEG XR' },
    heif: { en: 'a HEIF picture of an unusual kind', vi: 'ảnh HEIF thuộc loại ít gặp' },
    raw: { en: "a camera's raw picture", vi: 'ảnh thô (RAW) của máy ảnh' },
    video: { en: 'a video', vi: 'một đoạn video' },
    icon: { en: 'an icon', vi: 'biểu tượng (icon)' },
    exr: { en: 'an OpenEXR picture', vi: 'ảnh OpenEXR' },
    hdr: { en: 'a Radiance HDR picture', vi: 'ảnh Radiance HDR' },
    netpbm: { en: 'a Netpbm picture', vi: 'ảnh Netpbm' },
    metafile: { en: 'a Windows metafile', vi: 'tệp Windows metafile' },
  },
  model: {
    detector: { en: 'face detector', vi: 'mô hình tìm khuôn mặt' },
    embedder: { en: 'embedder', vi: 'mô hình nhận diện' },
  },
  download: {
    'no-address': { en: 'it has no address to be had from', vi: 'không có địa chỉ để tải' },
    failed: { en: 'the connection failed or was cut', vi: 'không kết nối được hoặc kết nối bị ngắt' },
    cut: { en: 'the connection was cut', vi: 'kết nối bị ngắt' },
  },
  modelFault: {
    input: { en: 'its input is not an image of three channels', vi: 'đầu vào không phải là ảnh ba kênh màu' },
    'not-floats': { en: 'it does not work on 32-bit floats', vi: 'không dùng số thực 32 bit' },
    runtime: { en: 'onnxruntime could not load its file', vi: 'onnxruntime không nạp được tệp' },
    outputs: {
      en: 'its outputs are neither three raw YOLOv5-face heads nor one decoded tensor',
      vi: 'đầu ra không phải ba nhánh YOLOv5-face, cũng không phải một tensor đã giải mã',
    },
    run: { en: 'it cannot be run on a picture of this size', vi: 'không chạy được với ảnh cỡ này' },
    'output-size': { en: 'an output has another shape than it should', vi: 'một đầu ra có kích thước không đúng' },
    crop: { en: 'it takes crops of another size', vi: 'cần ảnh cắt có kích thước khác' },
    embedding: { en: 'it gives another number of values per face', vi: 'cho số giá trị khác trên mỗi khuôn mặt' },
  },
  /** What was to be saved or read, where it is not named by its file; a file's name stands as it is. */
  thing: {
    'The lock': { en: 'The lock', vi: 'Khóa thư mục' },
    'A picture': { en: 'A picture', vi: 'Một ảnh' },
    'The data folder': { en: 'The data folder', vi: 'Thư mục dữ liệu' },
    'The restored data': { en: 'The restored data', vi: 'Dữ liệu khôi phục' },
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, { readonly en: string; readonly vi: string }>>>>;
