/** Errors of people, their pictures, enrolling and importing. */
import { type ErrorTexts, NOTHING, UNWRITTEN } from './phrases.ts';

const TYPED = {
  en: 'What was typed and every picture taken.',
  vi: 'Những gì đã nhập và mọi ảnh đã chụp vẫn còn.',
} as const;

export const PEOPLE = {
  // pictures
  'not-a-picture': {
    en: {
      happened: 'This file is not a picture.',
      todo: 'Use a JPEG, PNG, HEIC, WebP, AVIF, GIF, TIFF, BMP or JPEG XL picture.',
    },
    vi: {
      happened: 'Tệp này không phải là ảnh.',
      todo: 'Hãy dùng ảnh JPEG, PNG, HEIC, WebP, AVIF, GIF, TIFF, BMP hoặc JPEG XL.',
    },
  },
  'not-a-picture.empty': {
    en: { happened: 'There is nothing in this file.', todo: 'Copy the picture again from where it came from.' },
    vi: { happened: 'Tệp này trống rỗng.', todo: 'Hãy sao chép lại ảnh từ nơi lấy ảnh.' },
  },
  'picture-truncated': {
    en: { happened: 'The picture is damaged or cut short.', todo: 'Copy it again from where it came from.' },
    vi: { happened: 'Ảnh bị hỏng hoặc thiếu dữ liệu.', todo: 'Hãy sao chép lại từ nơi lấy ảnh.' },
  },
  'picture-too-large': {
    en: {
      happened: 'The picture is larger than can be read safely.',
      todo: 'It is {width} x {height} pixels: save it with fewer than {megapixels} million pixels and try again.',
    },
    vi: {
      happened: 'Ảnh quá lớn nên không đọc an toàn được.',
      todo: 'Ảnh có {width} x {height} điểm ảnh: hãy lưu lại với ít hơn {megapixels} triệu điểm ảnh rồi thử lại.',
    },
  },
  'picture-too-large.file': {
    en: { happened: 'The file is larger than {megabytes} MB.', todo: 'Save the picture smaller and try again.' },
    vi: { happened: 'Tệp lớn hơn {megabytes} MB.', todo: 'Hãy lưu ảnh nhỏ hơn rồi thử lại.' },
  },
  'picture-too-small': {
    en: {
      happened: 'The picture is too small.',
      todo: 'It is {width} x {height} pixels: use one of at least {side} pixels on each side, better several hundred.',
    },
    vi: {
      happened: 'Ảnh quá nhỏ.',
      todo: 'Ảnh có {width} x {height} điểm ảnh: hãy dùng ảnh có ít nhất {side} điểm ảnh mỗi cạnh, tốt hơn là vài trăm.',
    },
  },
  'picture-unsupported': {
    en: { happened: 'It is {kind:pictureKind}, which Lintel cannot read: save what it shows as JPEG or PNG.' },
    vi: { happened: 'Đây là {kind:pictureKind}, Lintel không đọc được: hãy lưu nội dung thành ảnh JPEG hoặc PNG.' },
  },
  'picture-unsupported.unusual': {
    en: { happened: 'This {kind} picture is of an unusual kind, which Lintel cannot read: save it as JPEG or PNG.' },
    vi: { happened: 'Ảnh {kind} này thuộc loại ít gặp, Lintel không đọc được: hãy lưu lại thành JPEG hoặc PNG.' },
  },
  'picture-slow': {
    en: {
      happened: 'Reading the picture took longer than {seconds} seconds and was given up.',
      todo: 'Save the picture smaller, or as JPEG, and try again.',
    },
    vi: {
      happened: 'Đọc ảnh mất hơn {seconds} giây nên đã dừng lại.',
      todo: 'Hãy lưu ảnh nhỏ hơn hoặc lưu thành JPEG rồi thử lại.',
    },
  },
  'picture-turned': {
    en: {
      happened: 'The face in the picture is not upright, and it cannot be told which way up the picture belongs.',
      todo: 'Turn the picture so that the face is upright, save it and try again.',
    },
    vi: {
      happened: 'Khuôn mặt trong ảnh không thẳng đứng và không xác định được chiều đúng của ảnh.',
      todo: 'Hãy xoay ảnh cho khuôn mặt thẳng đứng, lưu lại rồi thử lại.',
    },
  },
  'picture-unsupported.crop': {
    en: {
      happened: 'An aligned crop must be {side} x {side} pixels, and this is {width} x {height}.',
      todo: 'Give the whole picture instead, without saying that it is aligned.',
    },
    vi: {
      happened: 'Ảnh cắt theo khuôn mặt phải có {side} x {side} điểm ảnh, còn ảnh này là {width} x {height}.',
      todo: 'Hãy đưa cả bức ảnh và không đánh dấu là đã cắt sẵn.',
    },
  },
  'no-face': {
    en: {
      happened: 'No face was found in the picture.',
      todo: 'Give a picture in which the face is larger and can be seen.',
    },
    vi: { happened: 'Không tìm thấy khuôn mặt trong ảnh.', todo: 'Hãy đưa ảnh có khuôn mặt lớn hơn và thấy rõ.' },
  },
  'no-face.numbered': {
    en: {
      happened: 'No face was found in picture {picture}.',
      todo: 'Give a picture in which the face is larger and can be seen.',
    },
    vi: {
      happened: 'Không tìm thấy khuôn mặt trong ảnh {picture}.',
      todo: 'Hãy đưa ảnh có khuôn mặt lớn hơn và thấy rõ.',
    },
  },
  'poor-quality.several-faces': {
    en: { happened: 'There are several faces of much the same size: it is not clear who is meant.' },
    vi: { happened: 'Có nhiều khuôn mặt cỡ gần bằng nhau: không rõ là ai.' },
  },
  'poor-quality.too-small': { en: { happened: 'The face is too small.' }, vi: { happened: 'Khuôn mặt quá nhỏ.' } },
  'poor-quality.too-dark': { en: { happened: 'The face is too dark.' }, vi: { happened: 'Khuôn mặt quá tối.' } },
  'poor-quality.too-bright': { en: { happened: 'The face is too bright.' }, vi: { happened: 'Khuôn mặt quá sáng.' } },
  'poor-quality.blurred': { en: { happened: 'The face is too blurred.' }, vi: { happened: 'Khuôn mặt quá mờ.' } },
  'poor-quality.truncated': {
    en: { happened: 'The face is cut off at the edge.' },
    vi: { happened: 'Khuôn mặt bị cắt ở mép ảnh.' },
  },
  'poor-quality.turned': { en: { happened: 'The face is turned away.' }, vi: { happened: 'Khuôn mặt quay đi.' } },
  'poor-quality.tilted': { en: { happened: 'The head is tilted.' }, vi: { happened: 'Đầu bị nghiêng.' } },
  'poor-quality.wrong-pose': {
    en: { happened: 'The head is not turned as asked.' },
    vi: { happened: 'Đầu không quay như yêu cầu.' },
  },
  'poor-quality.different-person': {
    en: { happened: 'This looks like somebody else than the other pictures.' },
    vi: { happened: 'Trông giống người khác, không giống các ảnh còn lại.' },
  },
  'pictures-differ': {
    en: {
      happened: 'Not all pictures look like the same person.',
      kept: TYPED.en,
      todo: 'Take out the pictures of somebody else, or say that they show the same person.',
    },
    vi: {
      happened: 'Không phải mọi ảnh đều giống cùng một người.',
      kept: TYPED.vi,
      todo: 'Hãy bỏ ảnh của người khác, hoặc cho biết các ảnh là của cùng một người.',
    },
  },
  'pictures-differ.others': {
    en: {
      happened: 'It looks like somebody else than the other pictures of this person, and was left out.',
      todo: 'If it shows the same person all the same, add it as such.',
    },
    vi: {
      happened: 'Ảnh giống người khác, không giống các ảnh còn lại của người này, nên không được dùng.',
      todo: 'Nếu đây vẫn là cùng một người, hãy thêm ảnh và xác nhận như vậy.',
    },
  },
  'pictures-differ.enrolled': {
    en: {
      happened: 'It looks like somebody else than the pictures this person has already, and was left out.',
      todo: 'If it shows the same person all the same, add it as such.',
    },
    vi: {
      happened: 'Ảnh giống người khác, không giống các ảnh đã có của người này, nên không được dùng.',
      todo: 'Nếu đây vẫn là cùng một người, hãy thêm ảnh và xác nhận như vậy.',
    },
  },
  'pictures-differ.undecided': {
    en: {
      happened:
        'The pictures do not look like the same person, and it is not clear which of them are right: none was used.',
      todo: 'Take out the pictures of somebody else, or say that they show the same person.',
    },
    vi: {
      happened: 'Các ảnh không giống cùng một người, và không rõ ảnh nào đúng: không dùng ảnh nào.',
      todo: 'Hãy bỏ ảnh của người khác, hoặc cho biết các ảnh là của cùng một người.',
    },
  },
  // people
  'not-found.person': {
    en: {
      happened: 'This person is not enrolled (any more).',
      kept: NOTHING.en,
      todo: 'Look at the list of people again.',
    },
    vi: { happened: 'Người này không (còn) đăng ký.', kept: NOTHING.vi, todo: 'Hãy xem lại danh sách mọi người.' },
  },
  'not-found.picture': {
    en: { happened: 'This picture is not there (any more).', kept: NOTHING.en, todo: 'Look at the person again.' },
    vi: { happened: 'Ảnh này không (còn) ở đây.', kept: NOTHING.vi, todo: 'Hãy xem lại người này.' },
  },
  'last-picture': {
    en: {
      happened: 'The last picture of a person can not be removed.',
      kept: NOTHING.en,
      todo: 'Add a better picture first, or remove the person.',
    },
    vi: {
      happened: 'Không xóa được ảnh cuối cùng của một người.',
      kept: NOTHING.vi,
      todo: 'Hãy thêm ảnh tốt hơn trước, hoặc xóa người này.',
    },
  },
  'same-person': {
    en: { happened: 'This is one person, not two.', kept: NOTHING.en, todo: 'Choose two different people.' },
    vi: { happened: 'Đây là một người, không phải hai.', kept: NOTHING.vi, todo: 'Hãy chọn hai người khác nhau.' },
  },
  'consent-required': {
    en: {
      happened: 'The person must agree before they are enrolled.',
      kept: TYPED.en,
      todo: 'Ask the person, then tick the box.',
    },
    vi: {
      happened: 'Người này phải đồng ý trước khi được đăng ký.',
      kept: TYPED.vi,
      todo: 'Hãy hỏi người đó rồi đánh dấu vào ô.',
    },
  },
  'consent-required.revoked': {
    en: {
      happened: 'This person took back their consent.',
      kept: NOTHING.en,
      todo: 'Ask the person. If they agree again, enroll them with the date of today.',
    },
    vi: {
      happened: 'Người này đã rút lại sự đồng ý.',
      kept: NOTHING.vi,
      todo: 'Hãy hỏi người đó. Nếu họ lại đồng ý, hãy đăng ký với ngày hôm nay.',
    },
  },
  'name-invalid': {
    en: {
      happened: 'The name is empty, longer than 120 characters, or holds characters that a name can not have.',
      kept: NOTHING.en,
      todo: 'Write the name of the person, of at most 120 characters.',
    },
    vi: {
      happened: 'Tên để trống, dài hơn 120 ký tự, hoặc có ký tự mà tên không được có.',
      kept: NOTHING.vi,
      todo: 'Hãy viết tên của người đó, nhiều nhất 120 ký tự.',
    },
  },
  'not-found.enrollment': {
    en: { happened: 'This enrollment is over.', kept: 'Everybody who was saved.', todo: 'Begin the enrollment again.' },
    vi: {
      happened: 'Lần đăng ký này đã kết thúc.',
      kept: 'Mọi người đã lưu vẫn còn.',
      todo: 'Hãy bắt đầu đăng ký lại.',
    },
  },
  'enrollment-empty': {
    en: {
      happened: 'There is no picture of the person yet.',
      kept: 'What was typed.',
      todo: 'Take at least one picture, better five.',
    },
    vi: {
      happened: 'Chưa có ảnh nào của người này.',
      kept: 'Những gì đã nhập vẫn còn.',
      todo: 'Hãy chụp ít nhất một ảnh, tốt hơn là năm.',
    },
  },
  'enrollment-full': {
    en: {
      happened: 'More than {most} pictures make nobody better known.',
      kept: 'The pictures taken so far.',
      todo: 'Save the person now.',
    },
    vi: {
      happened: 'Nhiều hơn {most} ảnh cũng không giúp nhận ra tốt hơn.',
      kept: 'Các ảnh đã chụp vẫn còn.',
      todo: 'Hãy lưu người này ngay.',
    },
  },
  'looks-like-someone': {
    en: {
      happened: 'This face looks like somebody who is enrolled already.',
      kept: TYPED.en,
      todo: 'Add the pictures to that person, or say that it is somebody else.',
    },
    vi: {
      happened: 'Khuôn mặt này giống một người đã đăng ký.',
      kept: TYPED.vi,
      todo: 'Hãy thêm ảnh vào người đó, hoặc cho biết đây là người khác.',
    },
  },
  'enroll-again.no-data': {
    en: {
      happened: 'This person has no face data of the model in use.',
      kept: NOTHING.en,
      todo: 'Enroll the person again, or choose another.',
    },
    vi: {
      happened: 'Người này không có dữ liệu khuôn mặt của mô hình đang dùng.',
      kept: NOTHING.vi,
      todo: 'Hãy đăng ký lại người này, hoặc chọn người khác.',
    },
  },
  'enroll-again.model-changed': {
    en: {
      happened: 'The recognition model was changed during this enrollment.',
      kept: 'What was typed.',
      todo: 'Take the pictures again.',
    },
    vi: {
      happened: 'Mô hình nhận diện đã bị thay trong lúc đăng ký.',
      kept: 'Những gì đã nhập vẫn còn.',
      todo: 'Hãy chụp lại ảnh.',
    },
  },
  'enroll-again.renewing': {
    en: {
      happened: 'Getting ready for another model: {done} of {total} people.',
      kept: 'Everybody enrolled.',
      todo: 'Nothing: it goes on by itself.',
    },
    vi: {
      happened: 'Đang chuẩn bị cho mô hình khác: {done} trên {total} người.',
      kept: 'Mọi người đã đăng ký vẫn còn.',
      todo: 'Không cần làm gì: máy tự tiếp tục.',
    },
  },
  'enroll-again.people': {
    en: {
      happened: 'People who must be enrolled again for the model in use: {count}.',
      kept: 'Their names and check-ins.',
      todo: 'Open each person marked so and take new pictures.',
    },
    vi: {
      happened: 'Số người phải đăng ký lại cho mô hình đang dùng: {count}.',
      kept: 'Tên và các lượt chấm công của họ vẫn còn.',
      todo: 'Hãy mở từng người được đánh dấu và chụp ảnh mới.',
    },
  },
  'ambiguous-people': {
    en: {
      happened: 'Pairs of people whom the kiosk repeatedly could not tell apart at the door: {count}.',
      kept: 'Nobody was checked in under a wrong name.',
      todo: 'Open Duplicates: merge them if they are one person, otherwise add pictures of both taken with this camera.',
    },
    vi: {
      happened: 'Số cặp người mà máy nhiều lần không phân biệt được ở cửa: {count}.',
      kept: 'Không ai bị chấm công nhầm tên.',
      todo: 'Hãy mở mục Trùng lặp: gộp lại nếu là một người, nếu không hãy thêm ảnh của cả hai chụp bằng camera này.',
    },
  },
  // importing: why a file or a row was left out
  'import-no-folder': {
    en: { happened: "It lies in no person's folder: make one sub-folder for each person." },
    vi: { happened: 'Tệp không nằm trong thư mục của ai: hãy tạo một thư mục con cho mỗi người.' },
  },
  'import-too-deep': {
    en: { happened: "It lies too deep: a picture must lie in its person's folder itself." },
    vi: { happened: 'Tệp nằm quá sâu: ảnh phải nằm ngay trong thư mục của người đó.' },
  },
  'import-link': {
    en: { happened: 'This link to a folder is not followed: it leads back up, or lies too deep.' },
    vi: { happened: 'Liên kết tới thư mục này không được theo: nó dẫn ngược lên trên hoặc nằm quá sâu.' },
  },
  'import-not-a-picture': {
    en: { happened: 'It is not a picture.' },
    vi: { happened: 'Đây không phải là ảnh.' },
  },
  'import-not-a-picture.name': {
    en: { happened: 'It is not a picture, by its name.' },
    vi: { happened: 'Theo tên thì đây không phải là ảnh.' },
  },
  'import-too-many': {
    en: { happened: 'More than {most} pictures of one person are not imported.' },
    vi: { happened: 'Mỗi người chỉ được đưa vào nhiều nhất {most} ảnh.' },
  },
  'import-name-lost': {
    en: { happened: 'Letters of its name are lost, or written in an old way.', todo: 'Give it another name.' },
    vi: { happened: 'Tên của nó bị mất chữ hoặc được ghi theo cách cũ.', todo: 'Hãy đặt lại tên.' },
  },
  'import-text-lost': {
    en: {
      happened: 'Letters in this row were lost when the file was saved.',
      todo: 'Save the list again as "CSV UTF-8".',
    },
    vi: {
      happened: 'Một số chữ trong dòng này đã mất khi tệp được lưu.',
      todo: 'Hãy lưu lại danh sách theo dạng "CSV UTF-8".',
    },
  },
  'text-encoding': {
    en: {
      happened: '{file} is not text that can be read for certain.',
      kept: NOTHING.en,
      todo: 'Open it in the program it comes from and save it as "CSV UTF-8" (Excel: Save as, CSV UTF-8).',
    },
    vi: {
      happened: 'Không thể đọc chắc chắn văn bản trong {file}.',
      kept: NOTHING.vi,
      todo: 'Hãy mở tệp trong chương trình đã tạo ra nó và lưu theo dạng "CSV UTF-8" (Excel: Lưu thành, CSV UTF-8).',
    },
  },
  'text-assumed': {
    en: {
      happened: '{file} does not say how its letters are written; it was read as {charset:charset} ({encoding}).',
      todo: 'Look whether the names are right. If not, save it as "CSV UTF-8" and try again.',
    },
    vi: {
      happened: '{file} không cho biết bảng mã của nó; tệp được đọc theo bảng mã {charset:charset} ({encoding}).',
      todo: 'Hãy xem các tên có đúng không. Nếu sai, hãy lưu tệp theo dạng "CSV UTF-8" rồi thử lại.',
    },
  },
  'import-column': {
    en: { happened: 'It has no column "{column}" in its first row.' },
    vi: { happened: 'Dòng đầu không có cột "{column}".' },
  },
  'import-field-long': {
    en: { happened: 'The id or the group is longer than 100 characters.' },
    vi: { happened: 'Mã số hoặc nhóm dài hơn 100 ký tự.' },
  },
  'import-no-picture': { en: { happened: 'It names no picture.' }, vi: { happened: 'Dòng này không nêu ảnh nào.' } },
  'import-outside': {
    en: { happened: 'The picture must lie in the folder of data.csv or below it.' },
    vi: { happened: 'Ảnh phải nằm trong thư mục của data.csv hoặc bên dưới.' },
  },
  'import-picture-missing': {
    en: { happened: 'The picture it names is not there.' },
    vi: { happened: 'Không có ảnh mà dòng này nêu.' },
  },
  'import-id-twice': {
    en: { happened: 'Another row has this id with another name.' },
    vi: { happened: 'Một dòng khác có mã số này nhưng với tên khác.' },
  },
  'import-picture-taken': {
    en: { happened: 'This picture was given to somebody else above.' },
    vi: { happened: 'Ảnh này đã được gán cho người khác ở trên.' },
  },
  'import-unnamed': {
    en: { happened: 'No row of data.csv names it.' },
    vi: { happened: 'Không dòng nào của data.csv nêu tệp này.' },
  },
  'import-record': {
    en: { happened: 'It can not be read, or is of another version; the pictures beside it are taken as they are.' },
    vi: { happened: 'Không đọc được tệp này, hoặc tệp thuộc phiên bản khác; các ảnh cạnh nó được lấy nguyên như vậy.' },
  },
  'import-name-ambiguous': {
    en: { happened: 'Several people have this name: give each their external id, to tell them apart.' },
    vi: { happened: 'Có nhiều người mang tên này: hãy ghi mã số của từng người để phân biệt.' },
  },
  'import-picture-gone': {
    en: { happened: 'The picture is not in the folder any more; its sample was left out.' },
    vi: { happened: 'Ảnh không còn trong thư mục; mẫu của nó bị bỏ qua.' },
  },
  'import-other-model': {
    en: { happened: 'It was made with another model, and no crop of it was kept.' },
    vi: { happened: 'Mẫu này được tạo bằng mô hình khác, và không giữ ảnh cắt nào của nó.' },
  },
  'import-source': {
    en: {
      happened: 'This is neither a folder nor a table.',
      kept: NOTHING.en,
      todo: 'Give a folder with one sub-folder of pictures for each person, or a data.csv.',
    },
    vi: {
      happened: 'Đây không phải thư mục, cũng không phải bảng.',
      kept: NOTHING.vi,
      todo: 'Hãy đưa một thư mục có thư mục con chứa ảnh cho mỗi người, hoặc một tệp data.csv.',
    },
  },
  'not-found.import': {
    en: { happened: 'There is no such folder or table.', kept: NOTHING.en, todo: 'Check the path.' },
    vi: { happened: 'Không có thư mục hoặc bảng này.', kept: NOTHING.vi, todo: 'Hãy kiểm tra đường dẫn.' },
  },
  'no-sub-folder': {
    en: {
      happened: 'There is no sub-folder in this folder.',
      kept: NOTHING.en,
      todo: 'Make one sub-folder of pictures for each person; its name becomes the name of the person.',
    },
    vi: {
      happened: 'Trong thư mục này không có thư mục con.',
      kept: NOTHING.vi,
      todo: 'Hãy tạo một thư mục con chứa ảnh cho mỗi người; tên thư mục sẽ là tên của người đó.',
    },
  },
  'folder-not-empty': {
    en: {
      happened: 'This folder is not empty.',
      kept: UNWRITTEN.en,
      todo: 'Name a folder that does not exist yet, or an empty one.',
    },
    vi: {
      happened: 'Thư mục này không trống.',
      kept: UNWRITTEN.vi,
      todo: 'Hãy nêu một thư mục chưa có, hoặc một thư mục trống.',
    },
  },
  'disk-full.export': {
    en: {
      happened: 'The disk is full: the folder can not be written.',
      kept: 'Everybody enrolled; the folder is not whole.',
      todo: 'Make room, remove the folder and try again.',
    },
    vi: {
      happened: 'Ổ đĩa đã đầy: không ghi được thư mục.',
      kept: 'Mọi người đã đăng ký vẫn còn; thư mục chưa đầy đủ.',
      todo: 'Hãy giải phóng dung lượng, xóa thư mục đó rồi thử lại.',
    },
  },
  'store-failed.export': {
    en: {
      happened: 'The folder can not be written.',
      kept: 'Everybody enrolled; the folder is not whole.',
      todo: 'Check the path and who may write there.',
    },
    vi: {
      happened: 'Không ghi được thư mục.',
      kept: 'Mọi người đã đăng ký vẫn còn; thư mục chưa đầy đủ.',
      todo: 'Hãy kiểm tra đường dẫn và quyền ghi ở đó.',
    },
  },
} as const satisfies ErrorTexts;
